import type { HostUuid } from "../model/ids.ts";
import type { GroupState } from "./group.ts";
import { hearingOf } from "./peer-state.ts";

/** A host that the iterations of this host call off. */
interface Told {
  /** When the monitor was told so first, by its uptime. */
  readonly sinceMs: number;
  /** Something has come from the host since: any sign of another boot ends a proof, until the host is called off anew. */
  readonly isOver: boolean;
  /** The iterations know it by themselves, and not only by an administrator's word. */
  readonly isProved: boolean;
}

export type ToldOff = ReadonlyMap<HostUuid, Told>;

/** What hosts that are not in the list of the pool have sent last, as uptime. */
export type Greeters = ReadonlyMap<HostUuid, number>;

interface Moment {
  readonly nowMs: number;
  readonly greeters: Greeters;
  /** Whom an administrator has confirmed to be off. */
  readonly confirmed: readonly HostUuid[];
}

/**
 * Who is told to be off now: by iterations (`proved`), or by a word. A genuine datagram, fresh or not, is a sign of another boot, to
 * whomever it came. So is what the iterations have seen when they call it off no more: its device, or XAPI, says that it lives.
 */
export function stepToldOff(
  before: ToldOff,
  proved: readonly HostUuid[],
  { hearing }: GroupState,
  { nowMs, greeters, confirmed }: Moment,
): ToldOff {
  return new Map(
    [...new Set([...proved, ...confirmed])].map((host) => {
      const last = before.get(host) ?? { sinceMs: nowMs, isOver: false, isProved: false };
      const { sinceMs } = last;
      const isProved = proved.includes(host);
      const isOver = last.isOver || (last.isProved && !isProved);
      const peer = hearing.peers.get(host);
      const heardMs = peer?.newestMs ?? Number.NEGATIVE_INFINITY;
      const greetedMs = greeters.get(host) ?? Number.NEGATIVE_INFINITY;
      const report = peer === undefined ? null : hearingOf(host, peer, hearing.peers, nowMs).report;
      const reportedMs = report === null ? Number.NEGATIVE_INFINITY : nowMs - report.ageMs;
      const isHeard = Math.max(heardMs, greetedMs, reportedMs) >= sinceMs;
      return [host, { sinceMs, isOver: isOver || isHeard, isProved }];
    }),
  );
}

/** An administrator's word that is newer than what was told of a host begins anew, whatever had ended the one before. */
export function forgetOlder(
  told: ToldOff,
  words: readonly { readonly host: HostUuid; readonly atMs: number }[],
): ToldOff {
  const isRenewed = (host: HostUuid, sinceMs: number) =>
    words.some((word) => word.host === host && word.atMs > sinceMs);
  return new Map([...told].filter(([host, { sinceMs }]) => !isRenewed(host, sinceMs)));
}

/**
 * The state with the hosts that are off. A leader for which one of them has counted as off may lose its mandate before the time that
 * it has published for it: until then it is bound to itself, as its voters are, and votes for nobody.
 */
export function withKnownOff(state: GroupState, told: ToldOff, nowMs: number): GroupState {
  const { voting } = state;
  const off = new Set([...told].filter(([, { isOver }]) => !isOver).map(([host]) => host));
  const isOver = [...voting.off].some((host) => !off.has(host));
  if (!isOver && off.size === voting.off.size) return state;
  const isBound = isOver && voting.stored.term.host === voting.self;
  return { ...state, voting: { ...voting, off, promisedMs: isBound ? nowMs : voting.promisedMs } };
}
