import type { Alert, Severity } from "../model/alert.ts";
import { type Moment, timesSince, wallTime } from "./alert-times.ts";

/** XAPI's priorities: 1 is the most severe, 5 information (adapters/xapi/README.md, "Messages"). */
const PRIORITIES: Record<Severity, number> = { critical: 1, error: 2, warning: 3, info: 5 };

/** XAPI dates a message when it is posted: what happened longer ago says so. */
const LATE_MS = 60_000;

/** An alert as a XAPI message says it: its first line is what a list of messages shows. */
export function messageText(alert: Alert, now: Moment): { readonly priority: number; readonly body: string } {
  const { subject, body, advice, severity, atMs, repeats } = alert;
  const late =
    now.nowMs - atMs > LATE_MS ? `This happened at ${wallTime(atMs, now)}, while XAPI was away.` : "";
  const lines = [subject, body, advice, repeats === null ? "" : timesSince(repeats, now), late];
  return { priority: PRIORITIES[severity], body: lines.filter((line) => line !== "").join("\n") };
}
