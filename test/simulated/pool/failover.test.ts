import { describe, expect, test } from "bun:test";
import type { SimPool } from "../../../src/simulation/pool.ts";
import { handle } from "../../../src/simulation/xapi/route.ts";
import { allRunOnce, DESTRUCTIVE, happened, MINUTE, restedPool, SECOND, said, whereabouts } from "./stage.ts";

describe("a pool at rest", () => {
  test("nothing is done for ten minutes", async () => {
    const pool = await restedPool(3);
    const before = pool.world.log.length;
    await pool.run(10 * MINUTE);
    const since = pool.world.log.slice(before).map((entry) => entry.what);
    expect([...new Set(since)].filter((what) => what !== "database-copied")).toEqual(["pass"]);
  });

  test("a pass of the master makes at most 8 calls, with 6 or with 200 VMs", async () => {
    for (const count of [6, 200]) {
      const vms = Array.from({ length: count }, (_, index) => ({ name: `vm${index}`, on: (index % 3) + 1 }));
      const pool = await restedPool(3, { vms });
      expect(pool.monitor(1).last?.xapiCalls).toBeLessThanOrEqual(8);
      expect(pool.monitor(1).last?.xapiCalls).toBeGreaterThan(0);
    }
  });
});

describe("a VM", () => {
  test("that dies is started again by the next pass", async () => {
    const pool = await restedPool(3);
    pool.crashVm("vm2");
    expect(whereabouts(pool)["vm2"]).toEqual([]);
    expect(await pool.until(() => allRunOnce(pool), 15 * SECOND)).toBe(true);
    expect(happened(pool, ...DESTRUCTIVE)).toEqual([]);
  });

  test("that keeps dying is not started for ever", async () => {
    const pool = await restedPool(3);
    for (let minute = 0; minute < 10; minute++) {
      pool.crashVm("vm2");
      await pool.run(MINUTE);
    }
    const starts = pool.world.log.filter(
      (entry) => entry.what === "domain-started" && entry["vm"] === "vm2",
    ).length;
    expect(starts).toBeGreaterThanOrEqual(3);
    expect(starts).toBeLessThanOrEqual(6);
  });

  test("that never ran here, or whose start is blocked, stays down", async () => {
    const vms = [
      { name: "new", homePool: false },
      { name: "blocked", startBlocked: true },
      { name: "mine", on: 2 },
    ];
    const pool = await restedPool(3, { vms });
    await pool.run(5 * MINUTE);
    expect(whereabouts(pool)).toEqual({ new: [], blocked: [], mine: [2] });
  });
});

describe("a slave's death", () => {
  test("its VMs run elsewhere within 10 s of the decision; back again, it is healthy and runs none", async () => {
    const pool = await restedPool(3);
    pool.power(3, false);
    expect(await pool.until(() => allRunOnce(pool), 30 * SECOND)).toBe(true);
    expect(happened(pool, ...DESTRUCTIVE)).toEqual(["fence-begun 3", "told-dead 3", "declared-dead 3"]);
    pool.power(3, true);
    expect(await pool.until(() => said(pool, "h3 is back").length > 0, 2 * MINUTE)).toBe(true);
    await pool.run(MINUTE);
    expect([allRunOnce(pool), pool.world.violations]).toEqual([true, []]);
  });

  test("cut off from everyone: fenced; its own side starts nothing and fences nobody", async () => {
    const pool = await restedPool(3);
    pool.partition([1, 2], [3]);
    expect(await pool.until(() => pool.running("vm3").some((on) => on !== 3), MINUTE)).toBe(true);
    const by3 = pool.world.log.filter((entry) => entry.what === "fence-begun" && entry["by"] === 3);
    expect([by3, pool.world.violations]).toEqual([[], []]);
  });

  test("BMC dead: not fenced, its VMs are left alone, said; it works once the BMC does", async () => {
    const pool = await restedPool(3);
    pool.bmc(3, "dead");
    pool.power(3, false);
    await pool.run(5 * MINUTE);
    expect(happened(pool, "declared-dead", "told-dead")).toEqual([]);
    expect(said(pool, "could not be fenced").length).toBeGreaterThan(0);
    pool.bmc(3, "up");
    expect(await pool.until(() => allRunOnce(pool), 5 * MINUTE)).toBe(true);
  });

  test("in maintenance: nobody's business", async () => {
    const pool = await restedPool(3);
    pool.maintenance(3, true);
    await pool.run(30 * SECOND);
    pool.power(3, false);
    await pool.run(10 * MINUTE);
    expect(happened(pool, ...DESTRUCTIVE)).toEqual([]);
  });
});

describe("the master's death", () => {
  test("one new master, all VMs run once; the old one comes back as a slave without VMs", async () => {
    const pool = await restedPool(3);
    pool.power(1, false);
    expect(await pool.until(() => allRunOnce(pool), 2 * MINUTE)).toBe(true);
    expect(happened(pool, "transition-to-master")).toEqual(["transition-to-master 2"]);
    pool.power(1, true);
    await pool.run(2 * MINUTE);
    expect(pool.world.hosts.map((host) => host.poolConf)).toEqual([
      "slave:10.77.0.12",
      "master",
      "slave:10.77.0.12",
    ]);
    expect([allRunOnce(pool), pool.world.host(1).domains.size, pool.world.violations]).toEqual([true, 0, []]);
  });

  test("master and successor together: too few are left of three, nothing is done", async () => {
    const pool = await restedPool(3);
    pool.power(1, false);
    pool.power(2, false);
    await pool.run(10 * MINUTE);
    expect(happened(pool, ...DESTRUCTIVE)).toEqual([]);
  });

  test("master and successor of five: the next of the ranking takes over, and settles both", async () => {
    const pool = await restedPool(5);
    pool.power(1, false);
    pool.power(2, false);
    expect(await pool.until(() => allRunOnce(pool), 5 * MINUTE)).toBe(true);
    expect(happened(pool, "transition-to-master")).toEqual(["transition-to-master 3"]);
    expect(pool.world.violations).toEqual([]);
  });

  test("two hosts with heuristic IPs: the other takes over", async () => {
    const params = { FENCE_MIN_HOSTS: "2", FENCE_USE_IP_HEURISTICS: "1", FENCE_HEURISTICS_IPS: "192.0.2.1" };
    const pool = await restedPool(2, { params: params, externals: ["192.0.2.1"] });
    pool.power(1, false);
    expect(await pool.until(() => allRunOnce(pool), 2 * MINUTE)).toBe(true);
    expect(pool.world.violations).toEqual([]);
  });

  test("two hosts: the old master returns, cut off, while the new one's toolstack is down; it starts and fences nothing", async () => {
    const params = { FENCE_MIN_HOSTS: "2", FENCE_USE_IP_HEURISTICS: "1", FENCE_HEURISTICS_IPS: "192.0.2.1" };
    const pool = await restedPool(2, { params, externals: ["192.0.2.1"] });
    pool.power(1, false);
    expect(await pool.until(() => allRunOnce(pool), 2 * MINUTE)).toBe(true);
    pool.partition([1], [2]);
    pool.xapi(2, "stop");
    pool.power(1, true);
    await pool.run(10 * MINUTE);
    expect([allRunOnce(pool), pool.world.violations]).toEqual([true, []]);
    expect(happened(pool, "fence-begun")).toEqual(["fence-begun 1"]);
    pool.heal();
    pool.xapi(2, "run");
    await pool.run(10 * MINUTE);
    expect([allRunOnce(pool), pool.world.violations]).toEqual([true, []]);
  });

  test("a toolstack restart of 60 s on the master: no fence, no promotion", async () => {
    const pool = await restedPool(3);
    pool.xapi(1, "stop");
    await pool.run(MINUTE);
    pool.xapi(1, "run");
    await pool.run(5 * MINUTE);
    expect(happened(pool, ...DESTRUCTIVE)).toEqual([]);
    expect(allRunOnce(pool)).toBe(true);
  });

  test("HA off: nothing is done", async () => {
    const pool = await restedPool(3, { ha: "false" });
    pool.power(3, false);
    pool.crashVm("vm2");
    await pool.run(3 * MINUTE);
    pool.power(1, false);
    await pool.run(3 * MINUTE);
    expect(happened(pool, ...DESTRUCTIVE)).toEqual([]);
    expect(whereabouts(pool)["vm2"]).toEqual([]);
  });
});

describe("an old database", () => {
  test("a VM that moved after the last copy is not started by a slave (SLAVE_VM_STAT=1) while a new master gathers its pool", async () => {
    const pool = await restedPool(5, { params: { SLAVE_VM_STAT: "1", MONITOR_DELAY: "5" } });
    pool.migrateVm("vm2", 4);
    pool.migrateVm("vm7", 3);
    pool.power(1, false);
    expect(await pool.until(() => happened(pool, "declared-dead").length > 0, 3 * MINUTE)).toBe(true);
    expect(await pool.until(() => allRunOnce(pool), 3 * MINUTE)).toBe(true);
    expect(pool.world.violations).toEqual([]);
  });

  test("a VM that moved to a member which is now cut off is not started before that member is fenced", async () => {
    const pool = await restedPool(5);
    pool.migrateVm("vm2", 5);
    pool.partition([2, 3, 4], [5]);
    pool.power(1, false);
    expect(await pool.until(() => allRunOnce(pool), 5 * MINUTE)).toBe(true);
    expect(pool.world.violations).toEqual([]);
  });

  test("the old master returns, cut off, with a slave that still follows it: in the end there is one master", async () => {
    const pool = await restedPool(5);
    pool.power(1, false);
    pool.power(4, false);
    expect(await pool.until(() => allRunOnce(pool), 5 * MINUTE)).toBe(true);
    pool.partition([1, 4], [2, 3, 5]);
    pool.power(1, true);
    pool.power(4, true);
    await pool.run(2 * MINUTE);
    expect([pool.world.host(1).poolConf, pool.world.host(4).poolConf]).toEqual([
      "master",
      "slave:10.77.0.11",
    ]);
    pool.heal();
    const masters = () =>
      pool.world.hosts.filter((host) => host.poolConf === "master").map((host) => host.number);
    expect(await pool.until(() => masters().length === 1, 5 * MINUTE)).toBe(true);
    await pool.run(5 * MINUTE);
    expect([masters(), allRunOnce(pool), pool.world.violations]).toEqual([[2], true, []]);
  });

  test("a slave promoted by hand, whose master dies in that moment: it is master in the end, and nothing runs twice", async () => {
    const pool = await restedPool(3);
    pool.migrateVm("vm2", 3);
    pool.power(1, false);
    const host = pool.world.host(2);
    const method = "pool.emergency_transition_to_master";
    const params = [await localLogin(pool)];
    void handle(pool.world, 2, "unix", { jsonrpc: "2.0", id: 1, method, params });
    const isWhole = () =>
      host.poolConf === "master" && allRunOnce(pool) && said(pool, "Promotion complete").length > 0;
    expect(await pool.until(isWhole, 5 * MINUTE)).toBe(true);
    expect([pool.world.violations, said(pool, "Promotion complete").length]).toEqual([[], 1]);
  });

  async function localLogin(pool: SimPool): Promise<unknown> {
    const answer = handle(pool.world, 2, "unix", {
      jsonrpc: "2.0",
      id: 1,
      method: "session.slave_local_login_with_password",
      params: ["root", ""],
    });
    await pool.run(100);
    const said = await answer;
    return typeof said === "object" && said.http === 200 ? (said.body as { result: unknown }).result : null;
  }
});

describe("kill -9 of the iteration", () => {
  /** Every tenth of a second of a fail-over, one after the other. */
  for (const victim of [3, 1]) {
    const acting = victim === 1 ? 2 : 1;
    test(`of h${acting} at any time while h${victim} fails over: all VMs run, each once`, async () => {
      const span = victim === 1 ? 60 : 12;
      const stories = Array.from({ length: 12 }, (_, index) => 3 + (index * span) / 12);
      for (const killAtS of stories) {
        const pool = await restedPool(3);
        pool.power(victim, false);
        await pool.run(killAtS * SECOND);
        pool.kill(acting);
        const healed = await pool.until(() => allRunOnce(pool), 4 * MINUTE);
        expect({ killAtS, healed, violations: pool.world.violations }).toEqual({
          killAtS,
          healed: true,
          violations: [],
        });
        expect(happened(pool, "transition-to-master").length).toBe(victim === 1 ? 1 : 0);
      }
    });
  }
});

describe("bad state", () => {
  test("a damaged state file is put aside and said; nothing destructive follows from it", async () => {
    const pool = await restedPool(3);
    for (const text of ['{"version":1', '{"version":1,"health":7}', "null", '"x"']) {
      pool.disks[0]?.documents.reboot();
      pool.disks[0]?.documents.set("memory", text);
      await pool.run(30 * SECOND);
    }
    expect(said(pool, "state file").length).toBe(4);
    expect(happened(pool, ...DESTRUCTIVE)).toEqual([]);
    pool.power(3, false);
    expect(await pool.until(() => allRunOnce(pool), MINUTE)).toBe(true);
  });

  test("a full disk: VMs are still started, but nobody takes over without a memory", async () => {
    const pool = await restedPool(3);
    for (const disk of pool.disks) disk.full = true;
    pool.crashVm("vm2");
    expect(await pool.until(() => allRunOnce(pool), MINUTE)).toBe(true);
    pool.power(1, false);
    await pool.run(5 * MINUTE);
    expect(happened(pool, "transition-to-master")).toEqual([]);
    expect(said(pool, "Cannot write the state file").length).toBeGreaterThan(0);
  });
});
