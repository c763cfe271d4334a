import { describe, expect, test } from "bun:test";
import { openSurvey } from "../../../../src/adapters/xapi/survey.ts";
import { hostUuid, vmUuid } from "../../../../src/core/model/ids.ts";
import { portClock, WORLD_BEGIN_WALL_MS } from "../../../../src/simulation/clock.ts";
import { simTransport } from "../../../../src/simulation/ports/transport.ts";
import { Caller } from "../../simulation/caller.ts";
import { api, createScript, createTestClock, never, value } from "./fixtures.ts";

const HOST = hostUuid("00000002-1111-4111-8111-111111111102");

function scripted(handlers: Parameters<typeof createScript>[0]) {
  const script = createScript(handlers);
  const survey = openSurvey({
    transport: script.transport,
    clock: createTestClock(),
    xeTimeoutMs: 5_000,
    conceal: () => undefined,
  });
  return { ...script, survey };
}

/** On a simulated pool, whose time goes on while something is asked. */
function simulated(spec: ConstructorParameters<typeof Caller>[0], host = 1) {
  const caller = new Caller(spec);
  const transport = simTransport(caller.world, host);
  const clock = portClock(caller.clock, () => 0);
  const survey = openSurvey({ transport, clock, xeTimeoutMs: 5_000, conceal: () => undefined });
  const wait = async <T>(asked: Promise<T>): Promise<T> => {
    let done = false;
    const ended = asked.finally(() => {
      done = true;
    });
    await caller.clock.runUntil(() => done, caller.clock.nowMs() + 60_000);
    return ended;
  };
  return { caller, survey, wait };
}

test("storages: every SR, with its type, and the hosts that have it attached", async () => {
  const { caller, survey, wait } = simulated({ hosts: 2, vms: [] });
  caller.world.host(1).database.update("PBD", "OpaqueRef:pbd-shared1", { currently_attached: false });
  const found = await wait(survey.storages(never()));
  expect(found.ok && found.value.find(({ uuid }) => uuid === "sr-shared")).toEqual({
    ...{ uuid: "sr-shared", name: "sharedSR", type: "dummy", shared: true, hosts: [HOST] },
  });
  expect(found.ok && found.value.filter(({ shared }) => !shared).map(({ hosts }) => hosts.length)).toEqual([
    1, 1,
  ]);
});

describe("localDisks", () => {
  test("a disk on storage that not every host has, with the hosts that have it", async () => {
    const { survey, wait } = simulated({
      hosts: 3,
      vms: [
        { name: "shared", on: 1 },
        { name: "local", on: 2, disk: 2 },
        { name: "none", disk: "none" },
      ],
    });
    expect(await wait(survey.localDisks(never()))).toEqual({
      ok: true,
      value: [{ vm: vmUuid("00000002-3333-4333-8333-333333333333"), storage: "local h2", hosts: [HOST] }],
    });
  });

  test("shared storage that one host has lost ties its VMs to the others; templates are nobody's worry", async () => {
    const { caller, survey, wait } = simulated({
      hosts: 2,
      vms: [
        { name: "a", on: 1 },
        { name: "golden", template: true, disk: 1 },
      ],
    });
    caller.world.host(1).database.update("PBD", "OpaqueRef:pbd-shared1", { currently_attached: false });
    const found = await wait(survey.localDisks(never()));
    expect(found.ok && found.value.map(({ hosts }) => hosts)).toEqual([[HOST]]);
  });

  test("an empty drive has no storage; one record that is none spoils all", async () => {
    const records = {
      "VM.get_all_records_where": () => value({ "OpaqueRef:vm": { uuid: "vm" } }),
      "host.get_all_records": () => value({ "OpaqueRef:h": { uuid: "h" } }),
      "VBD.get_all_records": () => value({ "OpaqueRef:b": { VM: "OpaqueRef:vm", VDI: "OpaqueRef:NULL" } }),
      "VDI.get_all_records": () => value({}),
      "SR.get_all_records": () => value({}),
      "PBD.get_all_records": () => value({}),
    };
    const { survey, methods } = scripted(records);
    expect(await survey.localDisks(never())).toEqual({ ok: true, value: [] });
    await survey.close();
    expect(methods().at(-1)).toBe("session.logout");
    const spoilt = scripted({ ...records, "SR.get_all_records": () => value({ "OpaqueRef:s": {} }) });
    expect(await spoilt.survey.localDisks(never())).toMatchObject({
      ok: false,
      fault: { kind: "malformed" },
    });
  });
});

describe("hostClock", () => {
  const told = (text: unknown) => ({
    "host.get_by_uuid": () => value("OpaqueRef:h2"),
    "host.get_servertime": () => value(text),
  });

  test("the date of a real xapi, with dashes too", async () => {
    for (const text of ["20261123T09:41:40Z", "2026-11-23T09:41:40Z"]) {
      const { survey } = scripted(told(text));
      expect(await survey.hostClock(HOST, never())).toEqual({
        ok: true,
        value: Date.UTC(2026, 10, 23, 9, 41, 40),
      });
    }
  });

  test("what is no date is malformed; what XAPI says instead is told", async () => {
    for (const text of ["yesterday", "20261323T09:41:40Z", 7]) {
      const { survey } = scripted(told(text));
      expect(await survey.hostClock(HOST, never())).toMatchObject({
        ok: false,
        fault: { kind: "malformed" },
      });
    }
    const { survey } = scripted({ "host.get_by_uuid": () => api("UUID_INVALID", "host", HOST) });
    expect(await survey.hostClock(HOST, never())).toMatchObject({
      ok: false,
      fault: { code: "UUID_INVALID" },
    });
  });

  test("the host itself is asked, with its own wrong clock", async () => {
    const { caller, survey, wait } = simulated({ hosts: 2 });
    caller.world.host(2).wallStepMs = 90_000;
    const clock = await wait(survey.hostClock(HOST, never()));
    expect(clock).toEqual({ ok: true, value: WORLD_BEGIN_WALL_MS + 90_000 });
  });
});
