import { describe, expect, test } from "bun:test";
import { startVms } from "../../../../src/core/restart/start-vms.ts";
import { ALIVE, database, haltedVm, host, three, vm } from "../fixtures.ts";
import { healthOf, masterScene, type Situation } from "../rounds.ts";

const web = haltedVm("web", { order: 3 });
const seen: Situation = {
  probes: { h2: ALIVE(), h3: ALIVE() },
  memory: { health: healthOf({ h2: "alive", h3: "alive" }) },
  read: database(three(), { halted: [web] }),
};

function start(situation: Situation) {
  const { memory, round } = masterScene({ ...seen, ...situation });
  return startVms(memory, round);
}

describe("startVms: after a failure", () => {
  test("a start that failed waits, and is tried at once when the pool has gained what it lacked", () => {
    const retries = { [`start-vm:${vm("web")}`]: { failures: 1, notBeforeMs: 2_000_000 } };
    const supply = { hosts: [host(1), host(2), host(3)], freeBytes: 0, storage: ["a"] };
    const down = { [vm("web")]: { sinceMs: 0, failure: { why: "no storage", supply } } };
    const memory = { ...seen.memory, retries, down };
    expect(
      start({ memory, read: database(three(), { halted: [web], storage: ["a"] }) }).actions,
    ).toHaveLength(1);
    const enough = { ...down[vm("web")], failure: { why: "", supply: { ...supply, freeBytes: 5_000 } } };
    const waiting = { ...memory, down: { [vm("web")]: { sinceMs: 0, failure: enough.failure } } };
    const same = database(three(), { halted: [web], storage: ["a"] });
    expect(start({ memory: waiting, read: same }).actions).toEqual([]);
    const gained = database(three(), { halted: [web], storage: ["a", "b"] });
    expect(start({ memory: waiting, read: gained }).actions).toHaveLength(1);
  });

  test("the reason of one that stays down is its last failure while it waits, and nothing while it is started", () => {
    const supply = { hosts: [host(1), host(2), host(3)], freeBytes: 5_000, storage: [] };
    const down = { [vm("web")]: { sinceMs: 0, failure: { why: "no storage", supply } } };
    const retries = { [`start-vm:${vm("web")}`]: { failures: 1, notBeforeMs: 2_000_000 } };
    expect(start({ memory: { ...seen.memory, retries, down } }).reasons).toEqual([
      { kind: "vm-down", vm: "web", uuid: vm("web"), why: "its last start failed: no storage" },
    ]);
    const fresh = { [vm("web")]: { sinceMs: 0, failure: null } };
    expect(start({ memory: { ...seen.memory, down: fresh } }).reasons).toEqual([]);
  });
});
