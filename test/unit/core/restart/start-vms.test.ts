import { describe, expect, test } from "bun:test";
import { startVms } from "../../../../src/core/restart/start-vms.ts";
import { ALIVE, database, haltedVm, host, hostView, short, three, vm } from "../fixtures.ts";
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
const targets = (situation: Situation) => {
  const [action] = start(situation).actions;
  return action?.kind === "start-vm" ? action.candidates : [];
};

describe("startVms", () => {
  test("a VM that is down is started, and its place in the order is remembered", () => {
    const { actions, memory } = start({});
    expect(short(actions)).toEqual([`start-vm ${vm("web")}`]);
    expect(memory.restarts[vm("web")]).toMatchObject({ order: 3 });
  });

  test("only on hosts that were heard in this round, enabled, live and above suspicion", () => {
    expect([...targets({})].sort()).toEqual([host(1), host(2), host(3)]);
    expect([...targets({ probes: { h2: ALIVE() } })].sort()).toEqual([host(1), host(2)]);
    const health = healthOf({ h2: "xapi-down", h3: "alive" });
    expect([...targets({ memory: { health } })].sort()).toEqual([host(1), host(3)]);
    const hosts = [
      hostView(host(1)),
      hostView(host(2), { enabled: false }),
      hostView(host(3), { live: false }),
    ];
    expect(targets({ read: database(hosts, { halted: [web] }) })).toEqual([host(1)]);
  });

  test("refusals that an administrator would wonder about are said, the everyday ones are not", () => {
    const halted = [haltedVm("blocked", { startBlocked: true }), haltedVm("busy", { busy: true })];
    expect(start({ read: database(three(), { halted }) }).reasons).toEqual([
      { kind: "vm-not-started", vm: "blocked", why: "its start is blocked" },
    ]);
  });

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
