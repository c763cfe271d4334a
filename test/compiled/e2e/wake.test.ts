import { expect, test } from "bun:test";
import { inPool, nothingRanTwice, STEP_MS, setMonitorDelay } from "./story.ts";
import { until } from "./world/wait.ts";

const BOUND_MS = 4 * 60_000;
/** Far below MONITOR_DELAY, and more than a busy machine needs; the figures themselves are for `npm run bench`. */
const SOON_MS = 8_000;
const DEATHS = ["web1", "db2", "web3"];

test.concurrent(
  "a VM that dies is started again by the event, not by MONITOR_DELAY",
  () =>
    inPool(async (pool) => {
      await setMonitorDelay(pool, 60, [1]);
      for (const vm of DEATHS) {
        const from = (await pool.sim.log(0)).length;
        await pool.do({ verb: "vm", vm, do: "crash" });
        const [ended, started] = await until(`a start of ${vm}`, STEP_MS, async () => {
          const log = await pool.sim.log(from);
          const first = (what: string) => log.find((entry) => entry.what === what && entry["vm"] === vm);
          const [died, start] = [first("domain-ended"), first("domain-started")];
          if (died !== undefined && start !== undefined) return [died, start] as const;
          throw new Error(JSON.stringify(log));
        });
        console.log(`${vm}: runs again ${Math.round(started.atMs - ended.atMs)} ms after its death`);
        expect(started.atMs - ended.atMs).toBeLessThan(SOON_MS);
        await pool.untilStartedAgain(vm, STEP_MS);
      }
      await nothingRanTwice(pool);
    }),
  BOUND_MS,
);

/** The monitor's own question every five seconds, its patience, and the iteration's probe of a silent neighbour. */
const NOTICED_MS = 20_000;

test.concurrent(
  "a slave notices that its master is silent by its monitor's own question, not by MONITOR_DELAY",
  () =>
    inPool(async (pool) => {
      await setMonitorDelay(pool, 60, [1, 2, 3]);
      await pool.powerOff(1);
      const beganMs = performance.now();
      await Promise.all(
        [2, 3].map((host) => pool.untilLogged(host, /h1 does not answer: retrying/, NOTICED_MS)),
      );
      console.log(`noticed within ${((performance.now() - beganMs) / 1_000).toFixed(1)} s`);
    }),
  BOUND_MS,
);
