import { hasMandate, hostsOnRoll } from "../group/may-act.ts";
import type { Memory } from "../memory/memory.ts";
import type { HostUuid } from "../model/ids.ts";
import type { PoolView } from "../model/pool-view.ts";
import { heardOf, isHeardNow } from "./heard.ts";
import { isAlive } from "./host-health.ts";
import type { QuorumTally } from "./quorum.ts";

/** Hosts that were probed in this very round and are alive, and this host. An old probe has no vote. */
export function heardHosts(view: PoolView, memory: Memory): readonly HostUuid[] {
  return [view.self.uuid, ...[...view.probes.keys()].filter((uuid) => isAlive(memory.health[uuid]))];
}

/**
 * May this side of a possible partition fence the other one? The leader of the group may, for a majority follows it. Where exactly half
 * of the roll is heard and the administrator wants the heuristic IPs to decide, they do, whoever leads: the side that is cut off is
 * the one that does not reach them.
 */
export function tallyNow(view: PoolView, memory: Memory): QuorumTally {
  const hosts = hostsOnRoll(view);
  const alive = heardOnRoll(view).length;
  const isDecidedByThem = hasTie(view) && view.heuristics !== "not-asked";
  const byHeuristics = isDecidedByThem && heuristicsFor(view, memory) === "all-answered";
  const quorate = isDecidedByThem ? byHeuristics : hasMandate(view);
  return { members: hosts.length, alive, votes: alive + (byHeuristics ? 1 : 0), quorate };
}

/** Exactly half of the roll is heard, this host included: the only case in which the heuristic IPs are asked. */
export function hasTie(view: PoolView): boolean {
  const hosts = hostsOnRoll(view);
  return hosts.length > 0 && heardOnRoll(view).length * 2 === hosts.length;
}

/** Those whose votes count and that are heard, this host included. */
export function heardOnRoll(view: PoolView): readonly HostUuid[] {
  return hostsOnRoll(view).filter(
    (host) => host === view.self.uuid || isHeardNow(heardOf(view.hearing, host)),
  );
}

/** The gateway's vote is not for who was away: both sides of a cut can reach it, and one of them is out of date. */
export function heuristicsFor(view: PoolView, memory: Memory): PoolView["heuristics"] {
  return memory.sawPoolSinceBoot ? view.heuristics : "not-asked";
}
