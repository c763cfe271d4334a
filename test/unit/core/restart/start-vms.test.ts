import { describe, expect, test } from "bun:test";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import { restsOf } from "../../../../src/core/model/action.ts";
import { applianceUuid } from "../../../../src/core/model/ids.ts";
import type { DatabaseView, HostView, PeerProbe } from "../../../../src/core/model/pool-view.ts";
import { rankOf } from "../../../../src/core/restart/rank.ts";
import { startVms } from "../../../../src/core/restart/start-vms.ts";
import {
  ALIVE,
  DEAD,
  database,
  FLAG,
  haltedVm,
  healthIn,
  host,
  hostView,
  incidentIn,
  masterRound,
  memoryWith,
  ranIn,
  type Situation,
  short,
  vm,
  XAPI_DOWN,
} from "../fixtures.ts";

const ALIVE_TOO = healthIn("alive");
const web = haltedVm("web");

/** One round of starts of a master of two hosts, h2 seen like this. */
function startOn(
  h2: { record?: Partial<HostView>; health?: Memory["health"][string]; probe?: PeerProbe | null },
  read: Partial<DatabaseView> = { halted: [web] },
  situation: Situation = {},
) {
  const hosts = [hostView(host(1)), hostView(host(2), h2.record)];
  const memory = memoryWith({ health: { h2: h2.health ?? ALIVE_TOO } });
  const probes: Record<string, PeerProbe> = h2.probe === null ? {} : { h2: h2.probe ?? ALIVE() };
  return startVms(memory, masterRound(memory, { probes, database: database(hosts, read), ...situation }));
}
const candidates = (...situation: Parameters<typeof startOn>) =>
  startOn(...situation).actions.flatMap((action) => (action.kind === "start-vm" ? action.candidates : []));

describe("startVms, where", () => {
  const rows: readonly [string, ReturnType<typeof candidates>, boolean][] = [
    ["alive and enabled", candidates({}), true],
    ["disabled", candidates({ record: { enabled: false } }), false],
    ["not live for XAPI", candidates({ record: { live: false } }), false],
    ["a suspect", candidates({ health: healthIn("suspect"), probe: DEAD }), false],
    ["without an answering xapi", candidates({ health: healthIn("xapi-down"), probe: XAPI_DOWN }), false],
    ["not asked in this round", candidates({ probe: null }), false],
  ];
  for (const [title, hosts, isTarget] of rows) {
    test(`startVms: a host that is ${title} ${isTarget ? "may" : "may not"} be given a VM`, () =>
      expect(hosts).toEqual(isTarget ? [host(1), host(2)] : [host(1)]));
  }

  test("startVms: XAPI picks the host only while every enabled host is healthy", () => {
    const settings = { HOST_SELECT_METHOD: 1 } as const;
    const picked = (h2: Parameters<typeof startOn>[0]) => candidates(h2, { halted: [web] }, { settings });
    expect(picked({})).toEqual([]);
    expect(picked({ record: { enabled: false } })).toEqual([]);
    expect(picked({ health: healthIn("suspect"), probe: DEAD })).toEqual([host(1)]);
  });
});

describe("startVms, what", () => {
  test("startVms: OP_MODE=2 starts VMs, OP_MODE=1 appliances", () => {
    const shop = { uuid: applianceUuid("shop"), name: "shop", busy: false, haltedVms: [vm("web")] };
    const read = { halted: [web], appliances: [shop] };
    expect(short(startOn({}, read).actions)).toEqual(["start-vm web"]);
    expect(short(startOn({}, read, { settings: { OP_MODE: 1 } }).actions)).toEqual(["start-appliance shop"]);
  });

  test("startVms: a start rests on the proofs of all its VMs, each named once", () => {
    const shop = { uuid: applianceUuid("shop"), name: "shop", busy: false, haltedVms: [vm("web"), vm("db")] };
    const read = database([hostView(host(1))], { halted: [web, haltedVm("db")], appliances: [shop] });
    const memory = memoryWith({
      incidents: {
        ...incidentIn("declared", { proved: true, vms: [vm("db")] }),
        ...incidentIn("declared", { uuid: host(2), proved: true, vms: [vm("db"), vm("web")] }),
        ...incidentIn("declared", { uuid: host(4), vms: [vm("web")] }),
      },
    });
    const rests = (situation: Situation) =>
      startVms(memory, masterRound(memory, { database: read, ...situation })).actions.map((action) => [
        ...short([action]),
        ...restsOf(action),
      ]);
    expect(rests({})).toEqual([
      ["start-vm db", host(3), host(2)],
      ["start-vm web", host(2)],
    ]);
    expect(rests({ settings: { OP_MODE: 1 } })).toEqual([["start-appliance shop", host(2), host(3)]]);
  });

  test("startVms: no start begins while the master that was replaced is on, whatever ran there", () => {
    const shop = { uuid: applianceUuid("shop"), name: "shop", busy: false, haltedVms: [vm("web")] };
    const read = database([hostView(host(1))], { halted: [web], appliances: [shop] });
    const memory = memoryWith({
      promoted: { oldMaster: host(3) },
      incidents: incidentIn("declared", { proved: true, vms: [vm("db")] }),
    });
    for (const OP_MODE of [1, 2] as const) {
      const { actions } = startVms(memory, masterRound(memory, { database: read, settings: { OP_MODE } }));
      expect(actions).toMatchObject([{ rests: [], unlessOn: [host(3)] }]);
    }
  });

  test("startVms: the rank and host of what is started are remembered, with its earlier starts", () => {
    const read = { halted: [haltedVm("web", { order: 4, startDelayS: 30 })] };
    const hosts = [hostView(host(1)), hostView(host(2))];
    const memory = memoryWith({
      restarts: { web: { startedAtMs: [7], order: 0, startDelayS: 9, host: null } },
    });
    const { memory: after } = startVms(memory, masterRound(memory, { database: database(hosts, read) }));
    const order = rankOf({ restartPriority: "", order: 4 });
    expect(after.restarts).toEqual({ web: { startedAtMs: [7], order, startDelayS: 0, host: host(1) } });
  });

  test("startVms: nothing down, nothing done, nothing said", () =>
    expect(startOn({}, { halted: [] })).toMatchObject({ actions: [], reasons: [] }));

  const refusals: readonly [string, ReturnType<typeof startOn>, string | null][] = [
    [
      "whose start is blocked",
      startOn({}, { halted: [{ ...web, startBlocked: true }] }),
      "its start is blocked",
    ],
    [
      "whose home is another pool",
      startOn({}, { halted: [{ ...web, otherConfig: ranIn("web", "other") }] }),
      "its home is another pool",
    ],
    ["on which somebody is at work", startOn({}, { halted: [{ ...web, busy: true }] }), null],
    ["that never ran here", startOn({}, { halted: [{ ...web, otherConfig: {} }] }), null],
    [
      "that is not managed",
      startOn(
        {},
        { halted: [{ ...web, otherConfig: { ...web.otherConfig, [FLAG]: "false" } }] },
        { settings: { GLOBAL_VM_HA: false } },
      ),
      null,
    ],
  ];
  for (const [title, { actions, reasons }, why] of refusals) {
    test(`startVms: a VM ${title} is not started: ${why ?? "not worth a word"}`, () => {
      expect(actions).toEqual([]);
      expect(reasons).toEqual(why === null ? [] : [{ kind: "vm-not-started", vm: "web", why }]);
    });
  }

  test("startVms: a VM that halts again and again waits; one that no healthy host can take is spoken of", () => {
    const restarts = { web: { startedAtMs: [990_000, 995_000], order: 0, startDelayS: 0, host: null } };
    const memory = memoryWith({ restarts });
    const read = database([hostView(host(1))], { halted: [web] });
    const flapping = startVms(memory, masterRound(memory, { database: read }));
    expect(flapping.actions).toEqual([]);
    expect(flapping.reasons).toMatchObject([{ why: "it halts again and again, so its next start waits" }]);
    const nowhere = database([hostView(host(1), { enabled: false })], { halted: [web] });
    expect(startVms(memoryWith(), masterRound(memoryWith(), { database: nowhere })).reasons).toMatchObject([
      { why: "no healthy host can take it" },
    ]);
  });
});
