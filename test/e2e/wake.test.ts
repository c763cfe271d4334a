import { expect, test } from "bun:test";
import { inPool, nothingRanTwice, STEP_MS } from "./story.ts";
import { until } from "./world/wait.ts";

const BOUND_MS = 4 * 60_000;
/** Far below MONITOR_DELAY, and more than a busy machine needs; the figures themselves are for `npm run bench`. */
const SOON_MS = 8_000;
const DEATHS = ["web1", "db2", "web3"];

test(
  "a VM that dies is started again by the event, not by MONITOR_DELAY",
  () =>
    inPool(async (pool) => {
      await pool.on(1, "ha-cfg", "set", "MONITOR_DELAY", "60");
      await until("the master's monitor to know it", STEP_MS, async () =>
        (await pool.file(1, "/etc/ha-lizard/state/pass.json"))?.includes('"delayMs":60000'),
      );
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
