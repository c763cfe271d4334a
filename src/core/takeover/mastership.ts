import { groupOf, hasMandate } from "../group/may-act.ts";
import { heardPeer } from "../members/heard.ts";
import { type HostRow, type HostRows, hostRows, rowOf } from "../members/host-rows.ts";
import { tallyQuorum } from "../members/quorum.ts";
import { heuristicsFor } from "../members/vote.ts";
import type { Memory } from "../memory/memory.ts";
import { replacedNow } from "../memory/promotion.ts";
import type { MasterRound } from "../memory/step.ts";
import type { HostUuid } from "../model/ids.ts";
import type { PoolView } from "../model/pool-view.ts";
import { saysItIsNone } from "./other-master.ts";

/** Is this master the master? */
export type Mastership =
  /** More than half of the members follow this host, or nothing speaks for another one. */
  | { readonly kind: "undisputed" }
  /** This host is the rightful master, and these members do not follow it (yet): it calls them back. */
  | { readonly kind: "calls-back"; readonly members: readonly HostUuid[] }
  /** Someone else is master, or is followed: start nothing, fence nobody. */
  | { readonly kind: "rival"; readonly host: HostUuid; readonly address: string }
  /** Nobody contradicts, but too few follow to rule out a promotion that cannot be seen from here. */
  | { readonly kind: "unproven"; readonly followers: number; readonly members: number };

/** A round of a master that knows where it stands. */
export interface JudgedRound extends MasterRound {
  readonly mastership: Mastership;
}

/**
 * A host that was master, died and came back can stay a second master with an old database in which VMs that now run
 * elsewhere are halted (seen on a real xapi: for minutes). So before anything else the members are asked whom they
 * follow (core/README.md, "Am I the master?").
 *
 * Another living master makes this one stand down, whatever the majority: slaves that boot follow the address in their
 * file, the old master's too. Only the host that remembers having replaced that very master calls it back; if both did,
 * each would make the other a slave, and the pool would have no master at all.
 *
 * The same holds for members that follow a host which cannot be seen from here. That it does not answer this one proves
 * nothing: two masters with a broken link between them pulled the others to and fro, and a VM ran twice. They are called
 * back only from a master that this one has replaced or declared dead, or that is itself a follower.
 *
 * Before all that: whom the group has named is the master, whether it can be seen from here or not; unless this host has replaced it,
 * by hand, and the group is about to name this one.
 */
export function judgeMastership(memory: Memory, { view }: MasterRound): Mastership {
  const rows = hostRows(memory, view);
  const named = namedByGroup(view);
  const replaced = memory.promotion?.oldMaster ?? memory.promoted?.oldMaster ?? null;
  const isReplaced = named !== null && named === replacedNow(memory) && !saysItIsMaster(named, view);
  if (named !== null && named !== view.self.uuid && !isReplaced)
    return { kind: "rival", host: named, address: rowOf(rows, named).address ?? "" };
  const probed = [...view.probes.keys()].map((uuid) => rowOf(rows, uuid));
  const followers = probed.filter(({ followsThisHost }) => followsThisHost);
  const masters = probed.filter(({ probe }) => probe?.follows.kind === "is-master");
  const elsewhere = probed.filter(followsElsewhere);
  const [master] = masters;
  const isTheReplaced = masters.length === 1 && master?.uuid === replaced;
  // Who leads, and is named, is the master. Another one makes itself a slave; while an administrator hands the mastership over both are.
  const isNamed = named === view.self.uuid && hasMandate(view);
  const mayCall = (followed: HostRow | null) =>
    mayBeCalledFrom(followed, replaced) || (isNamed && followed !== null && !isMaster(followed, view));
  const lost = elsewhere.find((row) => !mayCall(masterFollowedBy(row, rows)));
  const rival = master !== undefined && !isTheReplaced ? master : lost;
  if (rival !== undefined && !isNamed) return rivalOf(rival);
  const heuristics = heuristicsFor(view, memory);
  const members = memory.lastGood?.members ?? [];
  const tally = (rowsOnThisSide: readonly HostRow[]) =>
    tallyQuorum({ members, alive: [view.self.uuid, ...rowsOnThisSide.map(({ uuid }) => uuid)], heuristics });
  const quorum = tally(followers);
  // Who follows nobody's master will follow as soon as it is told to; any other has ended this above.
  const isCallable =
    master !== undefined ||
    memory.sawPoolSinceBoot ||
    replaced !== null ||
    tally([...followers, ...elsewhere]).quorate;
  const called = [...masters, ...elsewhere].map(({ uuid }) => uuid);
  if (called.length > 0 && isCallable && rival === undefined) return { kind: "calls-back", members: called };
  if (quorum.quorate) return { kind: "undisputed" };
  return { kind: "unproven", followers: followers.length, members: quorum.members };
}

/** By its pool.conf, also while its xapi is away. */
export function saysItIsMaster(host: HostUuid, view: Pick<PoolView, "hearing">): boolean {
  const peer = heardPeer(view.hearing, host);
  return peer !== "unknown" && peer.own?.role === "master";
}

/** The XAPI master as the group has agreed on it, where this host is part of the group now; null: that is not known. */
export function namedByGroup(view: Pick<PoolView, "hearing">): HostUuid | null {
  const group = groupOf(view);
  if (group?.roll?.settled !== true) return null;
  return ["leads", "elected", "hears"].includes(group.lead) ? group.roll.master : null;
}

/** By any word of its own in this round. */
const isMaster = ({ uuid, probe }: HostRow, view: PoolView): boolean =>
  saysItIsMaster(uuid, view) || probe?.follows.kind === "is-master";

/** A master that its followers may be called away from: one that says itself that it is none has only not told them. */
function mayBeCalledFrom(master: HostRow | null, replaced: HostUuid | null): boolean {
  if (master === null) return false;
  return saysItIsNone(master.probe) || master.uuid === replaced || master.incident?.phase === "declared";
}

function followsElsewhere({ probe, followsThisHost }: HostRow): boolean {
  return probe?.follows.kind === "slave-of" && !followsThisHost;
}

/** The host at the address that this one follows; null when that is nobody we know. */
function masterFollowedBy({ probe }: HostRow, rows: HostRows): HostRow | null {
  const address = probe?.follows.kind === "slave-of" ? probe.follows.address : "";
  return [...rows.values()].find((row) => row.record?.address === address) ?? null;
}

function rivalOf({ uuid, probe, record }: HostRow): Mastership {
  const address = probe?.follows.kind === "slave-of" ? probe.follows.address : (record?.address ?? "");
  return { kind: "rival", host: uuid, address };
}
