import type { HostUuid } from "../model/ids.ts";
import type { GroupState } from "./group.ts";

/** Hosts that the iterations of this host call off, and when the monitor was told of each first, as uptime. */
export type ToldOff = ReadonlyMap<HostUuid, number>;

/** What is told now; who was told of before stays as old as it is. */
export function stepToldOff(before: ToldOff, told: readonly HostUuid[], nowMs: number): ToldOff {
  return new Map(told.map((host) => [host, before.get(host) ?? nowMs]));
}

/**
 * The state with the hosts that are off. Any sign of another boot ends that, and a genuine datagram that came since is one,
 * fresh or not. `greeters`: when hosts that are not in the list of the pool have spoken last.
 */
export function withKnownOff(
  state: GroupState,
  told: ToldOff,
  greeters: ReadonlyMap<HostUuid, number>,
): GroupState {
  const isSilent = (host: HostUuid, sinceMs: number): boolean => {
    const heardMs = state.hearing.peers.get(host)?.newestMs ?? Number.NEGATIVE_INFINITY;
    const greetedMs = greeters.get(host) ?? Number.NEGATIVE_INFINITY;
    return Math.max(heardMs, greetedMs) < sinceMs;
  };
  const off = [...told].filter(([host, sinceMs]) => isSilent(host, sinceMs)).map(([host]) => host);
  const known = state.voting.off;
  const isSame = off.length === known.size && off.every((host) => known.has(host));
  return isSame ? state : { ...state, voting: { ...state.voting, off: new Set(off) } };
}
