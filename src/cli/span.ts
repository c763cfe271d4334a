import { LONGEST_DISARM_S } from "../core/model/disarm-words.ts";
import { UsageError } from "./cli-ports.ts";

const UNITS: Readonly<Record<string, number>> = { h: 3_600, min: 60, m: 60, s: 1 };

/** `2h`, `90min`, `1h30m` in seconds. Throws UsageError for anything else, and for what is no minute, or longer than a day. */
export function readSpan(typed: string): number {
  const isSpan = /^(\d{1,5}(h|min|m|s))+$/.test(typed);
  const parts = isSpan ? [...typed.matchAll(/(\d+)(h|min|m|s)/g)] : [];
  const seconds = parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * (UNITS[unit] ?? 0), 0);
  if (seconds >= 60 && seconds <= LONGEST_DISARM_S) return seconds;
  throw new UsageError(
    `Cannot use --for ${typed}: a time from 1min to ${LONGEST_DISARM_S / 3_600}h, like 90min, 2h or 1h30m`,
  );
}

/** `1 h 30 min`, to the minute, rounded up. */
export function spanWords(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [hours > 0 ? `${hours} h` : "", rest > 0 || hours === 0 ? `${rest} min` : ""]
    .filter(Boolean)
    .join(" ");
}
