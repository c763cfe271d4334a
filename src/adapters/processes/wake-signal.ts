import type { WakeSource } from "../../ports/wake.ts";

/** Somebody waits for the next iteration, and `wake` ends that; one that comes before is not lost. */
export interface Wake extends WakeSource {
  wake(): void;
}

/** SIGHUP wakes the monitor: `ha-cfg` sends it after a change. So does `wake`, for what the monitor itself sees. */
export function createSignalWake(): Wake {
  const source = createWake();
  process.on("SIGHUP", source.wake);
  return source;
}

export function createWake(): Wake {
  let pending = false;
  let waiting: (() => void) | null = null;
  const wake = () => {
    pending = true;
    waiting?.();
  };
  return {
    wake,
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
