import type { HostUuid } from "../model/ids.ts";
import type { PoolView } from "../model/pool-view.ts";

export interface QuorumInput {
  readonly members: readonly HostUuid[];
  /** Members that are alive, this host included when it is a member. */
  readonly alive: readonly HostUuid[];
  readonly heuristics: PoolView["heuristics"];
}

export interface QuorumTally {
  readonly members: number;
  readonly alive: number;
  readonly votes: number;
  readonly quorate: boolean;
}

/** Exactly half of the members are alive: the only case in which the heuristic IPs are asked. */
export function isTie(members: readonly HostUuid[], alive: readonly HostUuid[]): boolean {
  return members.length > 0 && countAlive(members, alive) * 2 === members.length;
}

/**
 * Counts the votes that allow this side of a possible partition to fence the other side.
 *
 * Each member that is alive has one vote. The heuristic IPs have one vote between them, and only to break a tie: a
 * single host of three must not win because it, too, can still reach the gateway. No members, no quorum.
 */
export function tallyQuorum(input: QuorumInput): QuorumTally {
  const members = input.members.length;
  const alive = countAlive(input.members, input.alive);
  const tieBroken = isTie(input.members, input.alive) && input.heuristics === "all-answered";
  const votes = alive + (tieBroken ? 1 : 0);
  return { members, alive, votes, quorate: members > 0 && votes * 2 > members };
}

function countAlive(members: readonly HostUuid[], alive: readonly HostUuid[]): number {
  const living = new Set(alive);
  return members.filter((member) => living.has(member)).length;
}
