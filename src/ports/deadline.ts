import type { Clock } from "./clock.ts";

/** The reason of every abort here, made once: one with a stack of its own costs more than the rest of a deadline. */
export const OVER = new Error("The deadline has passed, or what it was for has ended");

/**
 * Runs `task` with a signal that aborts after `ms` or with `parent`, whichever is first. When it does, the answer is
 * `late()` at once, whatever the task still does: a task that ignores its signal must not hold the pass. A task that
 * rejects after that is not heard. The signal also aborts when the task has ended: nothing of it goes on. Time is the
 * clock's, so a virtual clock works.
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
  const cutOff = Promise.withResolvers<T>();
  let settled = false;
  const stop = () => {
    if (settled) return;
    settled = true;
    cutOff.resolve(late());
    controller.abort(OVER);
  };
  parent.addEventListener("abort", stop, { once: true });
  const timer = clock.sleep(ms, controller.signal).then(stop);
  try {
    return await Promise.race([task(controller.signal), cutOff.promise]);
  } finally {
    settled = true;
    parent.removeEventListener("abort", stop);
    controller.abort(OVER);
    await timer;
  }
}

/** A signal that never aborts: for clean-up that has a deadline of its own. */
export function neverAborts(): AbortSignal {
  return new AbortController().signal;
}
