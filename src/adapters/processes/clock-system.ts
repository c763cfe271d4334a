import { readFileSync } from "node:fs";
import type { Clock } from "../../ports/clock.ts";

/** A longer timer would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * The machine's time. Time since boot is read once from /proc/uptime and carried on by the monotonic clock: Bun's own
 * `process.hrtime` counts from the start of the process, which no other process can compare.
 */
export function createSystemClock(): Clock {
  const [uptime] = readFileSync("/proc/uptime", "utf8").split(" ");
  const bootedAgoMs = Number(uptime) * 1_000 - performance.now();
  return {
    wallMs: () => Date.now(),
    uptimeMs: () => Math.round(bootedAgoMs + performance.now()),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) {
          resolve();
          return;
        }
        const finish = () => {
          clearTimeout(timer);
          signal?.removeEventListener("abort", finish);
          resolve();
        };
        const timer = setTimeout(finish, Math.min(Math.max(0, ms), LONGEST_TIMER_MS));
        signal?.addEventListener("abort", finish, { once: true });
      }),
  };
}
