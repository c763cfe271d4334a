import type { WakeSource } from "../ports/wake.ts";

/** SIGHUP wakes the monitor: `ha-cfg` sends it after a change. So does `wake`, for what the monitor itself sees. */
export function createSignalWake(): WakeSource & { wake(): void } {
  let pending = false;
  let waiting: (() => void) | null = null;
  const wake = () => {
    pending = true;
    waiting?.();
  };
  process.on("SIGHUP", wake);
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
