import { expect, test } from "bun:test";
import { standingSaid } from "../../../src/cli/screens/status-words.ts";
import type { HaFlag } from "../../../src/core/model/ha-flag.ts";
import { setVmBlocked } from "../../../src/simulation/vm-control.ts";
import { haCfgOn, poolWithHa } from "./sim-pool.ts";

test("what the pool would survive: known to the master, five minutes after its boot", async () => {
  const GiB = 2 ** 30;
  const pool = poolWithHa({
    ...{ params: { FENCE_METHOD: "IPMI", MONITOR_DELAY: "15" }, heartbeats: true },
    hosts: [{ memoryBytes: 12 * GiB }, { memoryBytes: 16 * GiB }],
    vms: [
      { name: "a", on: 1, memoryBytes: 3 * GiB },
      { name: "b", on: 2, memoryBytes: 3 * GiB },
    ],
  });
  const status = async (number: number) => {
    const { out } = await haCfgOn(pool, number, ["status"]);
    const { standing } = JSON.parse((await haCfgOn(pool, number, ["status", "--json"])).out);
    return { line: out.split("\n").find((line) => line.startsWith("Survives")), standing };
  };
  await pool.run(60_000);
  expect(await status(1)).toEqual({ line: undefined, standing: null });
  await pool.run(270_000);
  const well = { survives: true, inService: 2, weakHosts: [], unprotected: [] };
  expect(await status(1)).toMatchObject({ line: "Survives        the loss of any one host", standing: well });
  expect(await status(2)).toEqual({ line: undefined, standing: null });
  setVmBlocked(pool.world, pool.world.vmNamed("b"), true);
  await pool.run(30_000);
  expect(await status(1)).toMatchObject({
    line: "Survives        the loss of any one host; 1 VM would not be started elsewhere",
    standing: { ...well, unprotected: ["b (its start is blocked)"] },
  });
});

test("the words: hosts that may not fail, one host that is all there is, and nothing while HA is off", () => {
  const found = { ageS: 3, survives: false, inService: 3, weakHosts: ["h1", "h2"], unprotected: [] };
  const text = (standing: object | null, ha: HaFlag = "on") =>
    standingSaid({ standing, ha } as Parameters<typeof standingSaid>[0])?.text;
  expect(text(found)).toBe("not the loss of h1 or h2: see ha-cfg plan");
  expect(text({ ...found, ageS: 301 })).toBe("not the loss of h1 or h2: see ha-cfg plan (as of 5 min ago)");
  expect(text({ ...found, weakHosts: [], inService: 1 })).toBe("no failure: only one host is in service");
  expect([text(found, "off"), text(null)]).toEqual([undefined, undefined]);
});
