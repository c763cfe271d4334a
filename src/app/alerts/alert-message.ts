import { timesSince, wallTime } from "../../core/alerts/alert-times.ts";
import type { Alert, Severity } from "../../core/model/alert.ts";
import type { Clock } from "../../ports/clock.ts";
import { ALERT_NAME, type NewMessage } from "../../ports/pool-database.ts";

/** XAPI's priorities: 1 is the most severe, 5 information (xapi.md §3.12). */
const PRIORITIES: Record<Severity, number> = { critical: 1, error: 2, warning: 3, info: 5 };

/** XAPI dates a message when it is posted: what happened longer ago says so. */
const LATE_MS = 60_000;

/** An alert as a XAPI message: its first line is what a list of messages shows. */
export function messageOf(alert: Alert, clock: Clock): NewMessage {
  const { subject, body, advice, target, severity, atMs, repeats } = alert;
  const now = { nowMs: clock.uptimeMs(), wallMs: clock.wallMs() };
  const late =
    now.nowMs - atMs > LATE_MS ? `This happened at ${wallTime(atMs, now)}, while XAPI was away.` : "";
  const lines = [subject, body, advice, repeats === null ? "" : timesSince(repeats, now), late];
  return {
    name: ALERT_NAME,
    priority: PRIORITIES[severity],
    target,
    body: lines.filter((line) => line !== "").join("\n"),
  };
}
