import { expect, test } from "bun:test";
import { runPass } from "../../../src/app/pass/iterate.ts";
import { type SimPool, simulatePool } from "../../../src/simulation/pool.ts";
import { AS_MEASURED } from "../../../src/simulation/timings.ts";
import { allRunOnce, MINUTE } from "./stage.ts";

/** For a master without service its slave starts VMs; nobody is fenced or promoted. */
const PARAMS = { ...{ SLAVE_VM_STAT: "1", FENCE_ENABLED: "0", PROMOTE_SLAVE: "0" }, MONITOR_DELAY: "15" };

/**
 * The monitor of the master has ended, and VM web dies on h3. As soon as h2 asks for its start, `happens`. When it was
 * asked for, and when it runs, in seconds.
 */
async function playStart(happens: (pool: SimPool) => void) {
  const vms = [
    { name: "db", on: 1 },
    { name: "web", on: 3 },
  ];
  const pool = simulatePool({ hosts: 3, vms, params: PARAMS, timings: AS_MEASURED, runPass });
  await pool.run(5 * MINUTE);
  pool.monitor(1).stop();
  await pool.run(MINUTE);
  const beganMs = pool.clock.nowMs();
  const times: string[] = [];
  pool.world.listeners.push((entry) => {
    const atS = ((pool.clock.nowMs() - beganMs) / 1_000).toFixed(0);
    if (entry.what === "start-asked") times.push(`asked by h${String(entry["by"])} at ${atS} s`);
    if (entry.what === "domain-started") times.push(`runs at ${atS} s`);
    if (entry.what === "start-asked" && times.length === 1) happens(pool);
  });
  pool.crashVm("web");
  return { pool, times };
}

test("its start takes effect, over its own connection to the master", async () => {
  const { pool, times } = await playStart(() => undefined);
  await pool.run(MINUTE);
  expect(times).toEqual(["asked by h2 at 9 s", "runs at 9 s"]);
});

test("a start that did not reach the master is asked for anew when the link is back", async () => {
  const { pool, times } = await playStart((cut) => {
    cut.link(1, 2, false);
    cut.link(2, 1, false);
  });
  await pool.run(40_000);
  pool.heal();
  expect(await pool.until(() => allRunOnce(pool), 5 * MINUTE)).toBe(true);
  expect(times).toEqual(["asked by h2 at 9 s", "asked by h2 at 75 s", "runs at 75 s"]);
});
