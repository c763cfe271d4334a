import { describe, expect, test } from "bun:test";
import { bytesText, describeXapiError } from "../../../../src/core/alerts/xapi-errors.ts";

test("bytesText: in the unit that people use; what is no number stays", () => {
  expect([
    bytesText("4331667456"),
    bytesText("536870912"),
    bytesText("0"),
    bytesText("much"),
    bytesText(undefined),
  ]).toEqual(["4.0 GiB", "512 MiB", "0 MiB", "much", "an unknown amount"]);
});

describe("describeXapiError", () => {
  const rows: readonly [string, readonly string[], string][] = [
    [
      "HOST_NOT_ENOUGH_FREE_MEMORY",
      ["4331667456", "1214251008"],
      "it needs 4.0 GiB of memory, and the host has 1.1 GiB free (HOST_NOT_ENOUGH_FREE_MEMORY)",
    ],
    ["VM_REQUIRES_SR", ["web", "nfs-1"], 'the storage "nfs-1" is not attached to the host (VM_REQUIRES_SR)'],
    [
      "VM_REQUIRES_SR",
      ["OpaqueRef:1", "OpaqueRef:2"],
      "its storage is not attached to the host (VM_REQUIRES_SR)",
    ],
    ["VM_REQUIRES_SR", [], "its storage is not attached to the host (VM_REQUIRES_SR)"],
    ["HOST_DISABLED", ["h2"], 'the host "h2" is disabled (HOST_DISABLED)'],
    [
      "SR_BACKEND_FAILURE_46",
      ["", "The VDI is not available", ""],
      "its disk cannot be opened, perhaps because it is in use on another host: The VDI is not available (SR_BACKEND_FAILURE_46)",
    ],
    ["NO_HOSTS_AVAILABLE", [], "no host can run it now (NO_HOSTS_AVAILABLE)"],
    ["SR_FULL", ["4294967296", "1073741824"], "the storage needs 4.0 GiB, and has 1.0 GiB free (SR_FULL)"],
    ["HANDLE_INVALID", ["SR", "OpaqueRef:1"], "the storage is not there any more (HANDLE_INVALID)"],
    ["CANNOT_CONTACT_HOST", ["h2"], 'xapi cannot reach the host "h2" (CANNOT_CONTACT_HOST)'],
    ["CANNOT_CONTACT_HOST", ["OpaqueRef:1"], "xapi cannot reach a host (CANNOT_CONTACT_HOST)"],
    ["HOST_IS_SLAVE", ["192.0.2.1"], "the host that was asked is a slave of 192.0.2.1 (HOST_IS_SLAVE)"],
    [
      "OTHER_OPERATION_IN_PROGRESS",
      ["VM", "web"],
      'something else is being done with the VM "web" (OTHER_OPERATION_IN_PROGRESS)',
    ],
    ["SOMETHING_NEW", ["a", "b"], "SOMETHING_NEW a b"],
    ["SOMETHING_NEW", ["OpaqueRef:0-1-2", "b"], "SOMETHING_NEW (no name) b"],
    ["constructor", ["a"], "constructor a"],
  ];
  for (const [code, params, words] of rows)
    test(`${code} ${params.join(" ")}`, () => expect(describeXapiError(code, params)).toBe(words));
});
