import type { Played, Tally } from "./play.ts";
import { addCauses, CAUSE_TEXT, CAUSES, NO_CAUSES } from "./resets.ts";

/** The sums of a search, histories with and without proofs of death apart. */
export interface Sums {
  readonly proved: Sum;
  readonly unproved: Sum;
}

export interface Sum extends Tally {
  readonly histories: number;
}

const NOTHING: Sum = {
  histories: 0,
  virtualMs: 0,
  fences: 0,
  resets: 0,
  causes: NO_CAUSES,
  promotions: 0,
  starts: 0,
  doubleRuns: 0,
  twiceAtEnd: 0,
  stoodDown: 0,
};
export const NO_SUMS: Sums = { proved: NOTHING, unproved: NOTHING };

export function addPlayed(sums: Sums, { tally, withoutProof }: Played): Sums {
  const one: Sum = { histories: 1, ...tally };
  return withoutProof
    ? { ...sums, unproved: addSum(sums.unproved, one) }
    : { ...sums, proved: addSum(sums.proved, one) };
}

export function addSums(a: Sums, b: Sums): Sums {
  return { proved: addSum(a.proved, b.proved), unproved: addSum(a.unproved, b.unproved) };
}

function addSum(a: Sum, b: Sum): Sum {
  return {
    histories: a.histories + b.histories,
    virtualMs: a.virtualMs + b.virtualMs,
    fences: a.fences + b.fences,
    resets: a.resets + b.resets,
    causes: addCauses(a.causes, b.causes),
    promotions: a.promotions + b.promotions,
    starts: a.starts + b.starts,
    doubleRuns: a.doubleRuns + b.doubleRuns,
    twiceAtEnd: a.twiceAtEnd + b.twiceAtEnd,
    stoodDown: a.stoodDown + b.stoodDown,
  };
}

/** The sums as a table for people. */
export function renderSums(sums: Sums): string {
  const row = (name: string, sum: Sum): string =>
    [
      name.padEnd(28),
      String(sum.histories).padStart(9),
      (sum.virtualMs / 3_600_000).toFixed(0).padStart(13),
      String(sum.fences).padStart(8),
      String(sum.resets).padStart(8),
      String(sum.promotions).padStart(10),
      String(sum.starts).padStart(9),
      String(sum.doubleRuns).padStart(11),
      String(sum.twiceAtEnd).padStart(8),
      String(sum.stoodDown).padStart(10),
    ].join("  ");
  const head = [
    "",
    "histories",
    "virtual hours",
    "fences",
    "resets",
    "promotions",
    "VM starts",
    "double runs",
    "for good",
    "stood down",
  ];
  const widths = [28, 9, 13, 8, 8, 10, 9, 11, 8, 10];
  const title = head.map((name, index) => name.padStart(widths[index] ?? 0)).join("  ");
  return [
    title,
    row("a fence that proves", sums.proved),
    row("POOL, or proofs not wanted", sums.unproved),
    ...renderResets(addSum(sums.proved, sums.unproved)),
  ].join("\n");
}

/** Why watchdogs have reset hosts; nothing where none has. */
function renderResets({ resets, causes }: Sum): readonly string[] {
  if (resets === 0) return [];
  const explained = CAUSES.reduce((sum, cause) => sum + causes[cause], 0);
  const line = (count: number, text: string) => `${String(count).padStart(8)}  ${text}`;
  return [
    "",
    `${resets} resets by a watchdog; for most of the time in which the lease was to be renewed`,
    ...CAUSES.map((cause) => line(causes[cause], CAUSE_TEXT[cause])),
    line(resets - explained, "nothing was in the way: not explained"),
  ];
}
