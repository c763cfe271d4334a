import type { WakeSource } from "../ports/wake.ts";

/** SIGHUP wakes the monitor: `ha-cfg` sends it after a change. */
export function createSignalWake(): WakeSource {
  let pending = false;
  let waiting: (() => void) | null = null;
  process.on("SIGHUP", () => {
    pending = true;
    waiting?.();
  });
  return {
    next: (signal) =>
      new Promise((resolve) => {
        const finish = () => {
          pending = false;
          waiting = null;
          signal.removeEventListener("abort", finish);
          resolve();
        };
        if (pending || signal.aborted) {
          finish();
          return;
        }
        waiting = finish;
        signal.addEventListener("abort", finish, { once: true });
      }),
  };
}
