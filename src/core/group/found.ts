import type { OwnState } from "../model/hearing.ts";
import type { HostUuid } from "../model/ids.ts";
import type { GroupState } from "./group.ts";
import { isHeardDirectly } from "./peer-state.ts";
import type { Roll } from "./roll.ts";
import type { Term } from "./term.ts";
import type { GroupTimings } from "./timings.ts";
import { isPromiseOver, type Voting } from "./voting.ts";

/**
 * Whom the group waits for, before this host can found it; null: it is not this host that founds one. The XAPI master does
 * when HA is wanted and it has no roll. Every other host of its pool that is not known to be off must be heard, follow it, and hear no leader: then
 * nobody has a mandate, and nobody else founds another group.
 */
export function awaitedToFound(
  { hearing, voting }: GroupState,
  own: OwnState,
  nowMs: number,
  { saidMs }: GroupTimings,
): readonly HostUuid[] | null {
  const isFounder = own.role === "master" && own.xapi === "serving" && own.haWished === true;
  if (voting.stored.roll !== null || !isFounder) return null;
  const agrees = (host: HostUuid): boolean => {
    const peer = hearing.peers.get(host);
    const said = voting.said.get(host);
    if (peer?.own == null || said === undefined || !isHeardDirectly(peer, nowMs)) return false;
    const follows = peer.own.role === "slave" && peer.own.master === voting.self;
    return follows && said.words.lead.kind === "none" && nowMs - said.atMs <= saidMs;
  };
  return [...hearing.peers.keys()].filter((host) => !agrees(host) && !voting.off.has(host));
}

/** What founding waits for, and since when nothing is missing; null: something is. */
export interface Founding {
  readonly readyMs: number | null;
}

/** What everybody says must be so for longer than a promise lasts. */
const FIRST_MS = 6_000;
/** Where some have a roll, they have had the time to elect one of them: nobody of those can be elected any more. */
const AGAIN_MS = 20_000;

export function stepFounding(
  { readyMs }: Founding,
  awaited: readonly HostUuid[] | null,
  voting: Voting,
  nowMs: number,
): { readonly founding: Founding; readonly due: boolean } {
  if (awaited === null || awaited.length > 0) return { founding: { readyMs: null }, due: false };
  const sinceMs = readyMs ?? nowMs;
  const haveRolls = [...voting.said.values()].some(({ words }) => words.roll !== null);
  return { founding: { readyMs: sinceMs }, due: nowMs - sinceMs >= (haveRolls ? AGAIN_MS : FIRST_MS) };
}

/**
 * The first roll, with this host alone: it leads at once, and takes the others in when they have stored the roll. Newer than
 * everything that was heard of, so that who has an old roll follows, too. Bound to itself as a monitor that starts is.
 */
export function found(voting: Voting, nowMs: number, bootId: string, timings: GroupTimings): Voting {
  if (!isPromiseOver(voting, nowMs, timings)) return voting;
  const { self, said } = voting;
  const counts = [...said.values()].map(({ words }) =>
    Math.max(words.term.count, words.roll?.term.count ?? 0),
  );
  const term: Term = { count: Math.max(voting.stored.term.count, ...counts) + 1, host: self };
  const roll: Roll = {
    id: { term, version: 1 },
    hosts: [{ host: self, bootId, maintenance: false }],
    master: self,
    ha: true,
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
