import type { Memory } from "../memory/memory.ts";
import type { HostUuid } from "../model/ids.ts";
import type { PoolView } from "../model/pool-view.ts";
import { isAlive } from "./host-health.ts";
import { type HostRow, type HostRows, hostRows, rowOf } from "./host-rows.ts";
import { type QuorumTally, tallyQuorum } from "./quorum.ts";

/** Hosts that were probed in this very round and are alive, and this host. An old probe has no vote. */
export function heardHosts(view: PoolView, memory: Memory): readonly HostUuid[] {
  return [view.self.uuid, ...[...view.probes.keys()].filter((uuid) => isAlive(memory.health[uuid]))];
}

/**
 * The vote of this round. Without a valid view there are no members, and so no quorum. A probe that learnt nothing makes
 * nobody dead, and gives nobody a vote either.
 */
export function tallyNow(view: PoolView, memory: Memory): QuorumTally {
  const rows = hostRows(memory, view);
  const alive = heardHosts(view, memory).filter((uuid) => {
    const row = rowOf(rows, uuid);
    return hasAnswered(row) && !followsAnother(row, rows, view, memory);
  });
  return tallyQuorum({
    members: memory.lastGood?.members ?? [],
    alive,
    heuristics: heuristicsFor(view, memory),
  });
}

/**
 * Itself, to this host. Who is only reported lives and has no vote: whom that one hears this host does not learn, and so it
 * could fence somebody whom one of its own voters hears.
 */
function hasAnswered({ isSelf, probe, heard }: HostRow): boolean {
  return isSelf || heard === "direct" || probe?.xapi === "answered" || probe?.icmp === "answered";
}

/** A member that follows another master, and not the one that this host replaces, has no vote for this one. */
function followsAnother(row: HostRow, rows: HostRows, view: PoolView, memory: Memory): boolean {
  if (view.self.role.kind !== "master" || row.followsThisHost) return false;
  const follows = row.probe?.follows;
  if (follows?.kind !== "slave-of" || rowOf(rows, view.self.uuid).address === null) return false;
  const replaced = memory.promotion?.oldMaster ?? memory.promoted?.oldMaster;
  return replaced == null || follows.address !== rowOf(rows, replaced).address;
}

/** The gateway's vote is not for who was away: both sides of a cut can reach it, and one of them is out of date. */
export function heuristicsFor(view: PoolView, memory: Memory): PoolView["heuristics"] {
  return memory.sawPoolSinceBoot ? view.heuristics : "not-asked";
}
