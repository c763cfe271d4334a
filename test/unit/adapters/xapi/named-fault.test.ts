import { describe, expect, test } from "bun:test";
import { namedFault, namingSession } from "../../../../src/adapters/xapi/named-fault.ts";
import type { Session } from "../../../../src/adapters/xapi/session.ts";
import type { XapiFault } from "../../../../src/core/model/pool-view.ts";

const NAMES: Readonly<Record<string, string>> = {
  "VM.get_name_label OpaqueRef:vm-1": "web",
  "SR.get_name_label OpaqueRef:sr-1": "nfs-1",
  "VDI.get_name_label OpaqueRef:vdi-1": "web-disk",
};

/** A session that knows these names, and what it was asked. */
function scripted() {
  const asked: string[] = [];
  const call = (method: string, [ref]: readonly unknown[]) => {
    const question = `${method} ${String(ref)}`;
    asked.push(question);
    const value = NAMES[question];
    const fault: XapiFault = { kind: "api", code: "HANDLE_INVALID", params: [] };
    return Promise.resolve(value === undefined ? { ok: false, fault } : { ok: true, value });
  };
  return { asked, session: { call } as unknown as Session };
}
const never = new AbortController().signal;
const api = (code: string, ...params: readonly string[]): XapiFault => ({ kind: "api", code, params });

describe("namedFault", () => {
  test("references become names, each asked of its class", async () => {
    const { session, asked } = scripted();
    const fault = api("VM_REQUIRES_SR", "OpaqueRef:vm-1", "OpaqueRef:sr-1");
    expect(await namedFault(session, fault, never)).toEqual(api("VM_REQUIRES_SR", "web", "nfs-1"));
    expect(asked).toEqual(["VM.get_name_label OpaqueRef:vm-1", "SR.get_name_label OpaqueRef:sr-1"]);
  });

  test("a reference within a sentence is found, whatever its class", async () => {
    const { session } = scripted();
    const fault = api("SR_BACKEND_FAILURE_46", "", "VDI OpaqueRef:vdi-1 locked", "");
    expect(await namedFault(session, fault, never)).toEqual(
      api("SR_BACKEND_FAILURE_46", "", "VDI web-disk locked", ""),
    );
  });

  test("one that has no name stays, and not more than four are asked about", async () => {
    const { session, asked } = scripted();
    const many = Array.from({ length: 9 }, (_, index) => `OpaqueRef:gone-${index}`);
    expect(await namedFault(session, api("SOMETHING", ...many), never)).toEqual(api("SOMETHING", ...many));
    expect(new Set(asked.map((question) => question.split(" ")[1])).size).toBe(4);
  });

  test("what is no answer of XAPI has nothing to name", async () => {
    const { session, asked } = scripted();
    expect(await namedFault(session, { kind: "timeout" }, never)).toEqual({ kind: "timeout" });
    expect(asked).toEqual([]);
  });
});

test("namingSession: a fault of a call has names in it, and a result is left alone", async () => {
  const { session } = scripted();
  const failing = {
    ...session,
    call: (method: string, params: readonly unknown[], signal: AbortSignal) =>
      method === "VM.fail"
        ? Promise.resolve({
            ok: false as const,
            fault: api("VM_BAD_POWER_STATE", "OpaqueRef:vm-1", "Halted"),
          })
        : session.call(method, params, signal),
  } as Session;
  const naming = namingSession(failing);
  expect(await naming.call("VM.fail", [], never)).toEqual({
    ok: false,
    fault: api("VM_BAD_POWER_STATE", "web", "Halted"),
  });
  expect(await naming.call("VM.get_name_label", ["OpaqueRef:vm-1"], never)).toEqual({
    ok: true,
    value: "web",
  });
});
