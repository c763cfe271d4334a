import { expect, test } from "bun:test";
import { WITHOUT_KEY } from "../../../src/core/model/pool-keys.ts";
import type { SimPool } from "../../../src/simulation/pool.ts";
import { haCfgOn, poolWithHa } from "./sim-pool.ts";

const SECOND = 1_000;
const OPTIONS = { hosts: 3, vms: [{ name: "web", on: 1 }], group: false, watches: true } as const;

const leaderOf = async (pool: SimPool, host: number) =>
  (await pool.world.messengers?.reader(host).read())?.group.lead;

function keyOf(pool: SimPool): string | undefined {
  const [[, fields] = ["", {}]] = pool.world.host(1).database.entries("pool");
  return (fields as { other_config?: Record<string, string> }).other_config?.[WITHOUT_KEY];
}

test("a host that is off when HA is switched on first: the others begin without it, when it is named", async () => {
  const pool = poolWithHa({ ...OPTIONS });
  pool.power(3, false);
  await pool.run(60 * SECOND);
  expect(await leaderOf(pool, 1)).toBe("none");
  const { code, out, err } = await haCfgOn(pool, 1, ["ha-enable", "--without", "h3"]);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toContain("The hosts begin without h3.\n");
  await pool.run(60 * SECOND);
  expect([await leaderOf(pool, 1), await leaderOf(pool, 2)]).toEqual(["leads", "hears"]);
  pool.power(3, true);
  await pool.run(120 * SECOND);
  const roll = (await pool.world.messengers?.reader(1).read())?.group.roll;
  expect(roll?.hosts).toHaveLength(3);
});

test("with HA off: the host that is named is noted, and forgotten when HA is switched on again without it", async () => {
  const pool = poolWithHa({ ...OPTIONS, ha: "false", params: { FENCE_METHOD: "IPMI" } });
  pool.power(3, false);
  await pool.run(60 * SECOND);
  const refused = await haCfgOn(pool, 1, ["ha-enable"]);
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("bad")]);
  expect(refused.out).toContain("h3");
  const on = await haCfgOn(pool, 1, ["ha-enable", "--without", "h3", "--force"]);
  expect(on.code).toBe(0);
  expect(keyOf(pool)).toBe(pool.world.host(3).uuid);
  await haCfgOn(pool, 1, ["ha-disable"]);
  await haCfgOn(pool, 1, ["ha-enable", "--force"]);
  expect(keyOf(pool)).toBe("");
});

test("a host that the pool has not is refused, and nothing is changed", async () => {
  const pool = poolWithHa({ ...OPTIONS, ha: "false" });
  await pool.run(30 * SECOND);
  const { code, err } = await haCfgOn(pool, 1, ["ha-enable", "--without", "h9"]);
  expect([code, err]).toEqual([2, "Cannot leave out h9: there is no such host; there are h1, h2, h3\n"]);
  expect(keyOf(pool)).toBeUndefined();
});
