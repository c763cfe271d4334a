import type { Clock } from "./clock.ts";

/**
 * Runs `task` with a signal that aborts after `ms` or with `parent`, whichever is first. When it does, the answer is
 * `late()` at once, whatever the task still does: a task that ignores its signal must not hold the pass. A task that
 * rejects after that is not heard. Time is the clock's, so a virtual clock works.
 */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  parent: AbortSignal,
  task: (signal: AbortSignal) => Promise<T>,
  late: () => T,
): Promise<T> {
  if (parent.aborted) return late();
  const controller = new AbortController();
  const settled = new AbortController();
  const cutOff = Promise.withResolvers<T>();
  const stop = () => {
    if (settled.signal.aborted) return;
    cutOff.resolve(late());
    controller.abort();
  };
  parent.addEventListener("abort", stop, { once: true });
  const timer = clock.sleep(ms, settled.signal).then(stop);
  try {
    return await Promise.race([task(controller.signal), cutOff.promise]);
  } finally {
    settled.abort();
    parent.removeEventListener("abort", stop);
    await timer;
  }
}

/** A signal that never aborts: for clean-up that has a deadline of its own. */
export function neverAborts(): AbortSignal {
  return new AbortController().signal;
}
