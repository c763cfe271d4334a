import { describe, expect, test } from "bun:test";
import { DISARM_KEY } from "../../../src/core/model/disarm-words.ts";
import type { Database } from "../../../src/simulation/database.ts";
import type { SimPool } from "../../../src/simulation/pool.ts";
import { haCfgOn, poolWithHa } from "./sim-pool.ts";

const SECOND = 1_000;

/** Three hosts that hear each other, led by h1. */
async function threeHosts(over: object = {}): Promise<SimPool> {
  const pool = poolWithHa({ hosts: 3, vms: [], watches: true, params: { FENCE_METHOD: "IPMI" }, ...over });
  await pool.run(60 * SECOND);
  return pool;
}

function key(pool: SimPool): string {
  const database: Database = pool.world.host(1).database;
  const [entry] = database.entries("pool");
  return ((entry?.[1]["other_config"] ?? {}) as Record<string, string>)[DISARM_KEY] ?? "";
}

describe("ha-cfg disarm and arm", () => {
  test("on a slave: the hosts have it, and status says so; arm ends it", async () => {
    const pool = await threeHosts();
    const given = await haCfgOn(pool, 2, ["disarm", "--for", "90min"]);
    expect([given.code, given.err]).toEqual([0, ""]);
    expect(given.out).toMatch(
      /^All 3 hosts have it\.\nHA is disarmed for pool simulated for 1 h 30 min, until about \d{4}-\d\d-\d\d \d\d:\d\d UTC\. It ends by itself; sooner: ha-cfg arm\.\n$/,
    );
    expect(key(pool)).toMatch(/^\d+\.pool\.5400$/);
    expect(given.logged).toEqual([
      expect.stringContaining("HA disarmed for pool simulated, for 1 h 30 min, by alice"),
    ]);
    const status = await haCfgOn(pool, 3, ["status"]);
    expect(status.out).toContain("on, and disarmed (1 h 30 min more): no host is fenced, no VM");
    const armed = await haCfgOn(pool, 1, ["arm"]);
    expect([armed.code, armed.out]).toEqual([0, "All 3 hosts have it.\nHA is armed for pool simulated.\n"]);
    expect((await haCfgOn(pool, 1, ["arm"])).out).toBe("HA is already armed for pool simulated.\n");
    expect((await haCfgOn(pool, 1, ["status"])).out).toMatch(/^HA +on$/m);
  });

  test("for one host, while the pool rests as well: each ends by itself", async () => {
    const pool = await threeHosts();
    await haCfgOn(pool, 1, ["disarm"]);
    const given = await haCfgOn(pool, 1, ["disarm", "--host", "h3", "--for", "1h"]);
    expect([given.code, given.err]).toEqual([0, ""]);
    expect(given.out).toContain("HA is disarmed for h3 for 1 h, ");
    expect(given.out).toContain("sooner: ha-cfg arm --host h3.");
    expect(given.out).not.toContain("is the pool master");
    const master = await haCfgOn(pool, 2, ["disarm", "--host", "h1", "--for", "1h"]);
    expect(master.out).toContain("h1 is the pool master: while it is down, HA does nothing for the other");
    await haCfgOn(pool, 1, ["arm", "--host", "h1"]);
    expect((await haCfgOn(pool, 1, ["arm", "--host", "h2"])).out).toBe("HA is already armed for h2.\n");
    expect((await haCfgOn(pool, 1, ["arm", "--host", "h3"])).out).toContain("HA is armed for h3.\n");
    expect((await haCfgOn(pool, 1, ["status"])).out).toContain("on, and disarmed (2 h more)");
  });

  test("a host that is not heard is named", async () => {
    const pool = await threeHosts();
    pool.power(3, false);
    await pool.run(6 * SECOND);
    const { code, out } = await haCfgOn(pool, 1, ["disarm"]);
    expect([code, out.split("\n")[0]]).toEqual([0, "2 of 3 hosts have it; not confirmed by: h3."]);
  });

  test("on a host that is cut off nothing is given", async () => {
    const pool = await threeHosts();
    pool.partition([1, 2], [3]);
    await pool.run(10 * SECOND);
    const { code, out } = await haCfgOn(pool, 3, ["disarm"]);
    expect([code, out, key(pool)]).toEqual([124, "", ""]);
  });

  test("a master without a majority writes it, and says that nobody has taken it", async () => {
    const pool = await threeHosts();
    pool.partition([1], [2, 3]);
    await pool.run(6 * SECOND);
    const { code, err } = await haCfgOn(pool, 1, ["disarm"]);
    expect([code, err]).toEqual([1, expect.stringContaining("The hosts have not taken it: ")]);
  });

  test("the master has died, whom nobody replaces: arm is taken on the host that leads, and only there", async () => {
    const pool = await threeHosts();
    await haCfgOn(pool, 1, ["disarm", "--for", "24h"]);
    pool.power(1, false);
    await pool.run(60 * SECOND);
    const refused = await haCfgOn(pool, 3, ["arm"]);
    expect([refused.code, refused.out]).toEqual([1, ""]);
    expect(refused.err).toContain("Cannot arm HA here: h2 leads the hosts of this pool");
    const disarmed = await haCfgOn(pool, 2, ["disarm"]);
    expect([disarmed.code, disarmed.out]).toEqual([124, ""]);
    const given = await haCfgOn(pool, 2, ["arm"]);
    expect([given.code, given.out]).toEqual([
      0,
      "2 of 3 hosts have it; not confirmed by: h1.\nHA is armed for the pool.\n",
    ]);
    await pool.run(90 * SECOND);
    // The dead master was replaced meanwhile, and this one has a database again.
    const again = await haCfgOn(pool, 2, ["arm"]);
    expect(again.out).toBe("HA is already armed for pool simulated.\n");
  });

  const refusals: readonly [readonly string[], string, number][] = [
    [["disarm", "--for", "2"], "Cannot use --for 2: a time from 1min to 24h", 2],
    [["disarm", "--for", "30s"], "Cannot use --for 30s: ", 2],
    [["disarm", "--for", "25h"], "Cannot use --for 25h: ", 2],
    [["disarm", "--host", "h9"], "Cannot disarm h9: there is no such host", 2],
    [["disarm", "h2"], "1 values given, at most 0 taken", 2],
  ];
  for (const [args, expected, exit] of refusals)
    test(`${args.join(" ")}: ${expected}`, async () => {
      const { code, err } = await haCfgOn(await threeHosts(), 1, args);
      expect([code, err]).toEqual([exit, expect.stringContaining(expected)]);
    });

  test("with HA off there is nothing to disarm", async () => {
    const { code, err } = await haCfgOn(await threeHosts({ ha: "false" }), 1, ["disarm"]);
    expect([code, err]).toEqual([
      1,
      "Cannot disarm HA: it is not on for pool simulated, so nothing is done in any case.\n",
    ]);
  });
});
