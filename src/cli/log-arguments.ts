import { UsageError } from "./cli-ports.ts";

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const MOST_LINES = 100_000;

/** `10m`, `2h`, `3d`, or a date with or without a time, local: milliseconds since the epoch. Throws UsageError. */
export function parseSince(typed: string, nowMs: number): number {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(typed.trim()) ?? [];
  if (count !== undefined && unit !== undefined) return nowMs - Number(count) * (UNITS[unit] ?? 0);
  const date = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?))?$/.exec(typed.trim());
  const ms = date === null ? Number.NaN : Date.parse(`${date[1]}T${date[2] ?? "00:00"}`);
  if (Number.isNaN(ms)) {
    const shown = JSON.stringify(typed.slice(0, 60));
    throw new UsageError(
      `Cannot show the log since ${shown}: allowed: 10m, 2h, 3d, 2026-11-23 or "2026-11-23 09:41"`,
    );
  }
  return ms;
}

/** The number of lines; throws UsageError. */
export function parseCount(typed: string): number {
  const count = /^\d{1,6}$/.test(typed.trim()) ? Number(typed) : Number.NaN;
  if (count <= MOST_LINES) return count;
  const shown = JSON.stringify(typed.slice(0, 60));
  throw new UsageError(`Cannot show ${shown} lines: allowed: a whole number up to ${MOST_LINES}`);
}
