import { expect, test } from "bun:test";
import { haCfgOn, poolWithHa } from "./sim-pool.ts";

const SECOND = 1_000;
const OPTIONS = { hosts: 3, vms: [{ name: "web", on: 1 }] } as const;

test("ha-disable waits until the hosts have it", async () => {
  const pool = poolWithHa({ ...OPTIONS, watches: true });
  await pool.run(30 * SECOND);
  const { code, out, err, tookMs } = await haCfgOn(pool, 2, ["ha-disable"]);
  expect([code, err]).toEqual([0, ""]);
  expect(out.split("\n").slice(-2)).toEqual(["All 3 hosts have it.", ""]);
  const group = (await pool.world.messengers?.reader(3).read())?.group;
  expect(group?.roll).toMatchObject({ ha: false });
  expect(tookMs).toBeLessThan(20 * SECOND);
});

test("who is not heard is named: it does not know it", async () => {
  const pool = poolWithHa({ ...OPTIONS, params: { FENCE_ENABLED: "0" } });
  await pool.run(30 * SECOND);
  pool.power(3, false);
  await pool.run(20 * SECOND);
  const { code, out } = await haCfgOn(pool, 1, ["ha-disable"]);
  expect(code).toBe(0);
  expect(out).toContain("2 of 3 hosts have it; not heard: h3.\n");
});

test("without a majority it warns after a minute; the switch is off all the same", async () => {
  const pool = poolWithHa({ ...OPTIONS, params: { FENCE_ENABLED: "0" } });
  await pool.run(30 * SECOND);
  pool.power(2, false);
  pool.power(3, false);
  await pool.run(20 * SECOND);
  const { code, out, err, tookMs } = await haCfgOn(pool, 1, ["ha-disable"]);
  expect(code).toBe(0);
  expect(out).toContain("HA is switched off");
  expect(err).toContain("more than half of the hosts have not confirmed it");
  expect(tookMs).toBeLessThan(100 * SECOND);
});

test("where the hosts are no group there is nothing to wait for", async () => {
  const pool = poolWithHa({ ...OPTIONS, group: false });
  await pool.run(5 * SECOND);
  const { code, out, err } = await haCfgOn(pool, 1, ["ha-disable"]);
  expect([code, err]).toEqual([0, ""]);
  expect(out).not.toContain("hosts have it");
});

test("ha-enable waits until the hosts have it", async () => {
  const pool = poolWithHa({ ...OPTIONS, watches: true });
  await pool.run(30 * SECOND);
  await haCfgOn(pool, 1, ["ha-disable"]);
  await pool.run(30 * SECOND);
  const { code, out, err } = await haCfgOn(pool, 2, ["ha-enable", "--force"]);
  expect(code).toBe(0);
  expect(err).not.toContain("but ");
  expect(out.split("\n").slice(-2)).toEqual(["All 3 hosts have it.", ""]);
  const group = (await pool.world.messengers?.reader(3).read())?.group;
  expect(group?.roll).toMatchObject({ ha: true });
});

test("ha-enable of hosts that are no group yet: who is missing is named, and how to begin without it", async () => {
  const pool = poolWithHa({ ...OPTIONS, ha: "false", group: false, watches: true });
  pool.monitor(3).stop();
  await pool.run(60 * SECOND);
  const { code, out, err } = await haCfgOn(pool, 1, ["ha-enable", "--force"]);
  expect(code).toBe(0);
  expect(out).toContain("HA is switched on");
  expect(err).toContain("these are not heard, or do not follow this master: h3.");
  pool.monitor(3).start(0);
  await pool.run(60 * SECOND);
  const group = (await pool.world.messengers?.reader(2).read())?.group;
  expect(group?.roll).toMatchObject({ ha: true, settled: true });
});
