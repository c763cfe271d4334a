import type { DisarmWord } from "../model/disarm-words.ts";
import type { OwnState } from "../model/hearing.ts";
import type { HostUuid } from "../model/ids.ts";
import { NO_DISARM } from "./disarm.ts";
import type { GroupState } from "./group.ts";
import { isHeardDirectly } from "./peer-state.ts";
import type { Roll } from "./roll.ts";
import type { Term } from "./term.ts";
import type { GroupTimings } from "./timings.ts";
import { isPromiseOver, type Voting } from "./voting.ts";

export interface FoundingMoment {
  readonly nowMs: number;
  /** Hosts outside the list of the pool whose genuine datagrams have come lately. */
  readonly greeters: ReadonlySet<HostUuid>;
  /** Hosts that an administrator has left out by name. */
  readonly without: readonly HostUuid[];
}

/**
 * Whom the group waits for, before this host can found it; null: it is not this host that founds one. The XAPI master does
 * when HA is wanted and nobody has a roll. Every other host of its pool that is not known to be off, and was not left out by name, must be heard, follow it, and say
 * that it has no roll and hears no leader: then nobody has a mandate, and nobody else founds another group. `greeters` are hosts that
 * this one does not know, and that know it: its list of the pool is not the newest one.
 */
export function awaitedToFound(
  { hearing, voting }: GroupState,
  own: OwnState,
  { nowMs, greeters, without }: FoundingMoment,
  { saidMs }: GroupTimings,
): readonly HostUuid[] | null {
  const isFounder = own.role === "master" && own.xapi === "serving" && own.haWished === true;
  if (voting.stored.roll !== null || !isFounder) return null;
  const agrees = (host: HostUuid): boolean => {
    const peer = hearing.peers.get(host);
    const said = voting.said.get(host);
    if (peer?.own == null || said === undefined || !isHeardDirectly(peer, nowMs)) return false;
    const follows = peer.own.role === "slave" && peer.own.master === voting.self;
    const hasNone = said.words.roll === null && said.words.lead.kind === "none";
    return follows && hasNone && nowMs - said.atMs <= saidMs;
  };
  // Not one that says that there is a group: nobody founds another one beside it.
  const hasGroup = (host: HostUuid): boolean => {
    const words = voting.said.get(host)?.words;
    return words !== undefined && (words.roll !== null || !["none", "unsaid"].includes(words.lead.kind));
  };
  const isLeftOut = (host: HostUuid) => voting.off.has(host) || (without.includes(host) && !hasGroup(host));
  const missing = [...hearing.peers.keys()].filter((host) => !agrees(host) && !isLeftOut(host));
  return [...missing, ...[...greeters].filter((host) => !hearing.peers.has(host))];
}

/** Since when nothing is missing; null: something is. */
export interface Founding {
  readonly readyMs: number | null;
}

/**
 * What everybody says must have been so for longer than words can be old: as long on their way as makes them stale, and then as long
 * as they count.
 */
const READY_MS = 8_000;

export function stepFounding(
  { readyMs }: Founding,
  awaited: readonly HostUuid[] | null,
  nowMs: number,
): { readonly founding: Founding; readonly due: boolean } {
  if (awaited === null || awaited.length > 0) return { founding: { readyMs: null }, due: false };
  const sinceMs = readyMs ?? nowMs;
  return { founding: { readyMs: sinceMs }, due: nowMs - sinceMs >= READY_MS };
}

interface FirstMoment {
  readonly nowMs: number;
  readonly bootId: string;
  readonly disarmWords: readonly DisarmWord[];
}

/**
 * The first roll, with this host alone: it leads at once, and takes the others in when they have stored the roll. Not before the
 * promises are over that this host may have made before it started.
 */
export function found(
  voting: Voting,
  { nowMs, bootId, disarmWords }: FirstMoment,
  timings: GroupTimings,
): Voting {
  if (!isPromiseOver(voting, nowMs, timings)) return voting;
  const { self, said } = voting;
  const counts = [...said.values()].map(({ words }) => words.term.count);
  const term: Term = { count: Math.max(voting.stored.term.count, ...counts) + 1, host: self };
  const id = { term, version: 1 };
  const roll: Roll = {
    id,
    hosts: [{ host: self, bootId, maintenance: false, leaseMs: null }],
    master: self,
    office: id,
    ha: true,
    tie: null,
    // A word of before is not about this group.
    disarm: { ...NO_DISARM, word: disarmWords.at(-1)?.id ?? 0 },
  };
  return {
    ...voting,
    stored: { term, roll, before: null },
    promisedMs: null,
    answers: new Map(),
    electedMs: nowMs,
    stoodMs: null,
  };
}
