import type { Alert } from "../model/alert.ts";

/** The same moment by Clock.uptimeMs and by the clock on the wall. */
export interface Moment {
  readonly nowMs: number;
  readonly wallMs: number;
}

/** `2026-11-23 14:05:09 UTC`: when that was, by the wall. */
export function wallTime(atMs: number, { nowMs, wallMs }: Moment): string {
  return `${new Date(wallMs - (nowMs - atMs)).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** What was held back meanwhile, in words. */
export function timesSince({ count, sinceMs }: NonNullable<Alert["repeats"]>, moment: Moment): string {
  return `This has happened ${count} times since ${wallTime(sinceMs, moment)}.`;
}
