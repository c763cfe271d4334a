import { describe, expect, test } from "bun:test";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import type { DatabaseView } from "../../../../src/core/model/pool-view.ts";
import { startVms } from "../../../../src/core/restart/start-vms.ts";
import {
  ALIVE,
  database,
  haltedVm,
  healthIn,
  host,
  masterRound,
  memoryWith,
  three,
  vm,
} from "../fixtures.ts";

const web = haltedVm("web", { order: 3 });
const webIsHalted = database(three(), { halted: [web] });
const probes = { h2: ALIVE(), h3: ALIVE() };
const health = { h2: healthIn("alive"), h3: healthIn("alive") };

function start(over: Partial<Memory>, read: DatabaseView = webIsHalted) {
  const memory = memoryWith({ health, ...over });
  return startVms(memory, masterRound(memory, { probes, database: read }));
}

describe("startVms: after a failure", () => {
  test("a start that failed waits, and is tried at once when the pool has gained what it lacked", () => {
    const retries = { [`start-vm:${vm("web")}`]: { failures: 1, notBeforeMs: 2_000_000 } };
    const supply = { hosts: [host(1), host(2), host(3)], freeBytes: 0, storage: ["a"] };
    const down = { [vm("web")]: { sinceMs: 0, failure: { why: "no storage", supply } } };
    const same = database(three(), { halted: [web], storage: ["a"] });
    expect(start({ retries, down }, same).actions).toHaveLength(1);
    const enough = { ...down[vm("web")], failure: { why: "", supply: { ...supply, freeBytes: 5_000 } } };
    const waiting = { retries, down: { [vm("web")]: { sinceMs: 0, failure: enough.failure } } };
    expect(start(waiting, same).actions).toEqual([]);
    const gained = database(three(), { halted: [web], storage: ["a", "b"] });
    expect(start(waiting, gained).actions).toHaveLength(1);
  });

  test("the reason of one that stays down is its last failure while it waits, and nothing while it is started", () => {
    const supply = { hosts: [host(1), host(2), host(3)], freeBytes: 5_000, storage: [] };
    const down = { [vm("web")]: { sinceMs: 0, failure: { why: "no storage", supply } } };
    const retries = { [`start-vm:${vm("web")}`]: { failures: 1, notBeforeMs: 2_000_000 } };
    const why = "its last start failed: no storage";
    const times = { sinceMs: 0, changingSinceMs: 0, seenMs: 0 };
    const downReasons = { [vm("web")]: { why, ...times, told: null } };
    expect(start({ retries, down, downReasons }).reasons).toEqual([
      { kind: "vm-down", vm: "web", uuid: vm("web"), why },
    ]);
    const fresh = { [vm("web")]: { sinceMs: 0, failure: null } };
    expect(start({ down: fresh }).reasons).toEqual([]);
  });
});
