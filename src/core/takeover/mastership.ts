import { type QuorumTally, tallyQuorum } from "../members/quorum.ts";
import { isSlaveOf } from "../members/slave-of.ts";
import type { HostUuid } from "../model/ids.ts";
import type { PeerProbe } from "../model/pool-view.ts";

export interface MastershipInput {
  readonly self: HostUuid;
  readonly ownAddress: string;
  readonly members: readonly HostUuid[];
  readonly addresses: ReadonlyMap<HostUuid, string>;
  readonly probes: ReadonlyMap<HostUuid, PeerProbe>;
  readonly heuristics: "all-answered" | "not-all-answered" | "not-asked";
  /** The master that this host has replaced after fencing it, if that is not over yet. */
  readonly replaced: HostUuid | null;
  /** Hosts that this master has fenced and declared dead: whoever follows one of them has slept through it. */
  readonly settled: ReadonlySet<HostUuid>;
  /** This host has been followed by a majority since its boot (`memory.confirmed`): it was not away. */
  readonly confirmed: boolean;
}

/** Is this master the master? */
export type Mastership =
  /** More than half of the members follow this host, or nothing speaks for another one. */
  | { readonly kind: "undisputed" }
  /** This host is the wanted master, and these do not follow it (yet): call them back. */
  | { readonly kind: "wanted"; readonly strays: readonly HostUuid[] }
  /** Someone else is master, or is followed: start nothing, fence nobody. */
  | { readonly kind: "rival"; readonly host: HostUuid; readonly address: string }
  /** Nobody contradicts, but too few follow to rule out a promotion that cannot be seen from here. */
  | { readonly kind: "unproven"; readonly followers: number; readonly members: number };

/**
 * A host that was master, died and came back can stay a second master with an old database in which VMs that now run
 * elsewhere are halted (seen on a real xapi: for minutes). So before anything else the members are asked whom they
 * follow (behaviour.md §6.0).
 *
 * Another living master makes this one stand down, whatever the majority: slaves that boot follow the address in their
 * file, the old master's too. Only the host that remembers having replaced that very master calls it back; if both did,
 * each would make the other a slave, and the pool would have no master at all.
 *
 * The same holds for members that follow a host which cannot be seen from here. That it does not answer this one proves
 * nothing: two masters with a broken link between them pulled the others to and fro, and a VM ran twice. They are called
 * back only from a master that this one has replaced or buried, or that is itself a follower.
 */
export function judgeMastership(input: MastershipInput): Mastership {
  const entries = [...input.probes];
  const followers = entries.filter(([, probe]) => isSlaveOf(probe, input.ownAddress)).map(([uuid]) => uuid);
  const rivals = entries.filter(([, probe]) => probe.follows.kind === "is-master").map(([uuid]) => uuid);
  const astray = entries.filter(([, probe]) => isAstray(probe, input.ownAddress)).map(([uuid]) => uuid);
  const [rival] = rivals;
  const [stray] = astray.filter((uuid) => !mayLeave(targetOf(uuid, input), followers, input));
  if (rival !== undefined && !(rivals.length === 1 && rival === input.replaced)) return rivalOf(rival, input);
  if (stray !== undefined) return rivalOf(stray, input);
  const quorum = followerQuorum(input, followers);
  // Who follows nobody's master will follow as soon as it is told to; any other stray has ended this above.
  const majority = followerQuorum(input, [...followers, ...astray]).quorate;
  const callable = rival !== undefined || mayCallBack(input) || majority;
  if (rivals.length + astray.length > 0 && callable)
    return { kind: "wanted", strays: [...rivals, ...astray] };
  if (quorum.quorate) return { kind: "undisputed" };
  return { kind: "unproven", followers: followers.length, members: quorum.members };
}

/** A master that its followers may be called away from: one that says itself that it is none has only not told them. */
function mayLeave(master: HostUuid | null, followers: readonly HostUuid[], input: MastershipInput): boolean {
  if (master === null) return false;
  const said = input.probes.get(master)?.follows.kind;
  const isNoMaster = followers.includes(master) || said === "slave-of" || said === "lost";
  return isNoMaster || master === input.replaced || input.settled.has(master);
}

/** Members that follow someone who does not answer as master are called back by who was never away, or has taken over. */
function mayCallBack(input: MastershipInput): boolean {
  return input.confirmed || input.replaced !== null;
}

function isAstray(probe: PeerProbe, address: string): boolean {
  return probe.follows.kind === "slave-of" && probe.follows.address !== address;
}

/** The host at the address that a stray follows; null when that is nobody we know. */
function targetOf(stray: HostUuid, input: MastershipInput): HostUuid | null {
  const answer = input.probes.get(stray)?.follows;
  const address = answer?.kind === "slave-of" ? answer.address : "";
  return [...input.addresses].find(([, known]) => known === address)?.[0] ?? null;
}

function rivalOf(host: HostUuid, input: MastershipInput): Mastership {
  const answer = input.probes.get(host)?.follows;
  const address = answer?.kind === "slave-of" ? answer.address : (input.addresses.get(host) ?? "");
  return { kind: "rival", host, address };
}

function followerQuorum(input: MastershipInput, followers: readonly HostUuid[]): QuorumTally {
  const alive = [input.self, ...followers];
  return tallyQuorum({ members: input.members, alive, heuristics: input.heuristics });
}
