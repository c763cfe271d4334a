import type { HostUuid } from "../model/ids.ts";
import { parseOffice } from "../model/office.ts";
import type { DisarmRecord } from "./disarm.ts";
import { MOST_HOSTS } from "./limits.ts";
import { compareTerms, type Term } from "./term.ts";

/** The term in which a roll was made, and which one of that term it is. */
export interface RollId {
  readonly term: Term;
  readonly version: number;
}

/** A host that counts. */
export interface RollHost {
  readonly host: HostUuid;
  /** With which it was entered; null: not known. */
  readonly bootId: string | null;
  readonly maintenance: boolean;
  /** The lease that it had in that boot, in milliseconds; null: none. When it is over the host is off (lease-watch.ts). */
  readonly leaseMs: number | null;
}

/** What the group must never forget: who counts, who is XAPI master, and whether HA is on. */
export interface Roll {
  readonly id: RollId;
  readonly hosts: readonly RollHost[];
  readonly master: HostUuid;
  /**
   * The roll in which this master was named, which it writes into its database (`OFFICE_KEY`): so an old database shows itself. It is
   * another one exactly when the master is.
   */
  readonly office: RollId;
  readonly ha: boolean;
  /**
   * The name of its exclusive vote, which one host can claim outside the pool (ties.ts); null: it has none, and its XAPI master counts
   * double where its size is even.
   */
  readonly tie: string | null;
  /** For what HA rests, and for how long (wanted-disarm.ts). */
  readonly disarm: DisarmRecord;
}

/** Ties that this host has claimed. */
export interface Claims {
  readonly self: HostUuid;
  readonly held: ReadonlySet<string>;
}

/** Below 0: `a` is older; 0: the same roll; above 0: newer. A host that has none has the oldest of all. */
export function compareRollIds(a: RollId | null, b: RollId | null): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  return compareTerms(a.term, b.term) || a.version - b.version;
}

/** The one way to write it: count, host (`none`: nobody's) and version of the roll, `7.4f9a….2`. */
export function officeText({ term: { count, host }, version }: RollId): string {
  return `${count}.${host ?? "none"}.${version}`;
}

/** null: no host writes that. */
export function officeOf(text: string): RollId | null {
  const parts = parseOffice(text);
  return parts && { term: { count: parts.count, host: parts.host }, version: parts.version };
}

export function isOnRoll(roll: Roll, host: HostUuid): boolean {
  return roll.hosts.some((one) => one.host === host);
}

/** Somebody, each once, and no more than a pool can have: a host that stood there twice would count twice. */
export function isEachOnce(hosts: readonly RollHost[]): boolean {
  const names = new Set(hosts.map(({ host }) => host));
  return hosts.length > 0 && hosts.length <= MOST_HOSTS && names.size === hosts.length;
}

/**
 * Are these more than half of the roll? In a roll of even size one host counts double, so that one half of a pool that is cut in two can go
 * on, and never both.
 */
export function isMajority(roll: Roll, has: (host: HostUuid) => boolean, claims: Claims): boolean {
  return isMoreThanHalf(roll, has, doubledIn(roll, claims));
}

/** Who has claimed a tie counts it for itself alone: no other host knows whether it is still there. */
function doubledIn({ hosts, master, tie }: Roll, { self, held }: Claims): HostUuid | null {
  if (hosts.length % 2 !== 0) return null;
  if (tie === null) return master;
  return held.has(tie) ? self : null;
}

/** `doubled`: the host that counts double. */
export function isMoreThanHalf(
  roll: Roll,
  has: (host: HostUuid) => boolean,
  doubled: HostUuid | null = null,
): boolean {
  let all = 0;
  let those = 0;
  for (const { host } of roll.hosts) {
    const votes = host === doubled ? 2 : 1;
    all += votes;
    if (has(host)) those += votes;
  }
  return those * 2 > all;
}
