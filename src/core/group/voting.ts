import type { HostUuid } from "../model/ids.ts";
import type { RollId } from "./roll.ts";
import type { Stored } from "./stored.ts";
import type { GroupTimings } from "./timings.ts";
import type { Said } from "./vote-words.ts";

/** What a host that asks for votes, or leads, has been answered by another one. */
export interface Answer {
  /** The newest own number that came back together with the own term. */
  readonly numberMs: number;
  /** The roll that the other host has stored. */
  readonly roll: RollId | null;
}

/** The vote of this host. All times are its uptime in milliseconds. */
export interface Voting {
  readonly self: HostUuid;
  /** On disk before anything is said that rests on it. */
  readonly stored: Stored;
  readonly startedMs: number;
  /**
   * The administrator lets half of a pool, or a single host, fence without a majority: so a host that has booted does not lead by the
   * double vote of the XAPI master, for the other half may have switched it off and gone on without it.
   */
  readonly needsCompany: boolean;
  /** Since when the promise to the host of the stored term runs; null: there is none, as in a term of its own. */
  readonly promisedMs: number | null;
  /** By whom the own term is answered. Empty for who has another host's. */
  readonly answers: ReadonlyMap<HostUuid, Answer>;
  /** When a heartbeat without a vote was sent last: what answers it, or one before it, promises nothing. */
  readonly mutedMs: number;
  /** When a majority answered last, or the own term was taken. */
  readonly electedMs: number;
  /** When it asked for votes last, as long as it has not got them; null: it has not. */
  readonly stoodMs: number | null;
  /** Since when nothing but its turn keeps this host from standing for election (stand.ts); null: something does. */
  readonly freeMs: number | null;
  readonly said: ReadonlyMap<HostUuid, Said>;
  /** Hosts that are off by a proof, or count as off by the administrator's choice, and have not been heard since. */
  readonly off: ReadonlySet<HostUuid>;
  /** Names of ties that this host has claimed, as their place has said to this monitor (ties.ts). */
  readonly held: ReadonlySet<string>;
}

const NOBODY: ReadonlySet<HostUuid> = new Set();
const NO_TIES: ReadonlySet<string> = new Set();

/**
 * A monitor that starts. It may have promised something just before it ended, or have had a mandate that somebody on this
 * host still acts on. So it begins with the whole promise, to whomever it was made, itself included.
 */
export function newVoting(self: HostUuid, stored: Stored, nowMs: number): Voting {
  return {
    self,
    stored,
    startedMs: nowMs,
    needsCompany: false,
    promisedMs: nowMs,
    answers: new Map(),
    mutedMs: Number.NEGATIVE_INFINITY,
    electedMs: nowMs,
    stoodMs: null,
    freeMs: null,
    said: new Map(),
    off: NOBODY,
    held: NO_TIES,
  };
}

/** Has the promise to the host of the stored term ended? */
export function isPromiseOver({ promisedMs }: Voting, nowMs: number, { promiseMs }: GroupTimings): boolean {
  return promisedMs === null || nowMs - promisedMs >= promiseMs;
}
