import { describe, expect, test } from "bun:test";
import { describeFault } from "../../../../src/core/alerts/describe-fault.ts";
import type { XapiFault } from "../../../../src/core/model/pool-view.ts";

describe("describeFault", () => {
  const rows: readonly [XapiFault, string][] = [
    [{ kind: "timeout" }, "no answer in time"],
    [{ kind: "unreachable", detail: "ECONNREFUSED" }, "not reachable: ECONNREFUSED"],
    [{ kind: "malformed", detail: "HTML" }, "an answer that could not be parsed (HTML)"],
    [{ kind: "api", code: "UNKNOWN_BOOTLOADER", params: [] }, "UNKNOWN_BOOTLOADER"],
    [
      { kind: "api", code: "VM_BAD_POWER_STATE", params: ["web", "Halted", "Running"] },
      'the VM "web" is running, and would have to be halted (VM_BAD_POWER_STATE)',
    ],
    [
      { kind: "api", code: "INTERNAL_ERROR", params: ["", ""] },
      "xapi met an error of its own (INTERNAL_ERROR)",
    ],
  ];
  for (const [fault, words] of rows)
    test(`${fault.kind}: ${words}`, () => expect(describeFault(fault)).toBe(words));
});
