import type { XapiFault, XapiResult } from "../../core/model/pool-view.ts";
import type { XapiContext } from "./context.ts";
import { faultOfTask, readRef } from "./errors.ts";
import { parseValue, taskRecord } from "./records.ts";

/** How a task ended. `unknown`: it was still running when the caller gave up, or could not be followed any more. */
export type TaskEnd =
  | { readonly kind: "success" }
  | { readonly kind: "failure"; readonly fault: XapiFault }
  | { readonly kind: "unknown" };

const FIRST_WAIT_MS = 100;
const MAX_WAIT_MS = 1_000;
const WAIT_GROWTH = 1.5;
/** Questions about a task that may fail in a row: a xapi that restarts has forgotten it anyway. */
const MAX_MISSES = 5;
/** With MAX_WAIT_MS more than any deadline of a pass. */
const MAX_POLLS = 3_600;

/** Begins `Async.<method>`; the value is the task to follow. A failure here means that nothing was begun, a timeout that it is not known. */
export async function beginTask(
  context: Pick<XapiContext, "session">,
  method: string,
  params: readonly unknown[],
  signal: AbortSignal,
): Promise<XapiResult<string>> {
  return readRef(await context.session.call(`Async.${method}`, params, signal));
}

/**
 * Polls a task to its end and destroys it; waits 100 ms at first and up to a second later, on the context's clock. On
 * abort the task goes on in XAPI, which clears it away itself.
 */
export async function followTask(
  context: Pick<XapiContext, "session" | "clock">,
  task: string,
  signal: AbortSignal,
): Promise<TaskEnd> {
  const { session, clock } = context;
  let waitMs = FIRST_WAIT_MS;
  let misses = 0;
  for (let poll = 0; poll < MAX_POLLS && misses < MAX_MISSES; poll++) {
    await clock.sleep(waitMs, signal);
    if (signal.aborted) return { kind: "unknown" };
    waitMs = Math.min(waitMs * WAIT_GROWTH, MAX_WAIT_MS);
    const answer = await session.call("task.get_record", [task], signal);
    const record = parseValue("task.get_record", taskRecord, answer);
    if (!record.ok) {
      misses += 1;
      continue;
    }
    misses = 0;
    const end = endOf(record.value.status, record.value.error_info, task);
    if (end === null) continue;
    await session.call("task.destroy", [task], signal);
    return end;
  }
  return { kind: "unknown" };
}

function endOf(status: string, errorInfo: readonly string[], task: string): TaskEnd | null {
  if (status === "success") return { kind: "success" };
  if (status === "failure") return { kind: "failure", fault: faultOfTask(errorInfo) };
  if (status === "cancelled")
    return { kind: "failure", fault: { kind: "api", code: "TASK_CANCELLED", params: [task] } };
  return null;
}
