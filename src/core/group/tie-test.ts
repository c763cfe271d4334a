import type { TieTest } from "../model/group-sight.ts";

/** When a monitor tests the place of ties, in milliseconds. */
const FIRST_MS = 60_000;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const BROKEN_OFF_MS = 60_000;

/** What a monitor knows when it asks itself whether to test the place. All times are its uptime. */
export interface TieTesting {
  /** Since when the parameters have named this place. */
  readonly namedMs: number;
  readonly last: TieTest | null;
  /** When a test was broken off, for something else was to be asked; null: since the last one none was. */
  readonly brokenOffMs: number | null;
  /** Since when the place has answered no other question (`Ties.silentMs`); null: it has, or was not asked. */
  readonly silentMs: number | null;
}

/** Once a day, and once an hour while it does not answer, or has failed its last test. */
export function isTestDue({ namedMs, last, brokenOffMs, silentMs }: TieTesting, nowMs: number): boolean {
  if (brokenOffMs !== null && nowMs - brokenOffMs < BROKEN_OFF_MS) return false;
  if (last === null) return nowMs - namedMs >= FIRST_MS;
  const isBad = last.wrong !== null || silentMs !== null;
  return nowMs - last.atMs >= (isBad ? HOUR_MS : DAY_MS);
}

/** The result of a test: `wrong` as `TieBreaker.test` says it. */
export function withTest(last: TieTest | null, place: string, wrong: string | null, nowMs: number): TieTest {
  const isSame = last !== null && (last.wrong === null) === (wrong === null);
  return { place, atMs: nowMs, wrong, sinceMs: isSame ? last.sinceMs : nowMs };
}
