import { isDisarmed } from "../group/disarmed.ts";
import { groupOf } from "../group/may-act.ts";
import { heardOf, heardPeer, isHeardNow } from "../members/heard.ts";
import { hostName, hostRows, rowOf } from "../members/host-rows.ts";
import type { Memory } from "../memory/memory.ts";
import type { Round, Step } from "../memory/step.ts";
import type { Action } from "../model/action.ts";
import type { HostUuid } from "../model/ids.ts";
import type { PoolView } from "../model/pool-view.ts";
import { hostWithAddress } from "../model/reachable.ts";
import type { Reason } from "../model/reason.ts";
import { whenDue } from "../pace/back-off.ts";
import { namedUnderHa, saysItIsMaster, saysItServes } from "./named.ts";
import { hasResigned } from "./resign.ts";
import { afterTakeOver } from "./take-over.ts";

/**
 * The xapi of this host is held, so that it does not compare its domains with a database that lies about them: it would end those that run
 * here and are elsewhere in it (adapters/xapi/README.md, "The comparison after a restart"). The hold ends when the master has said that its
 * database agrees, HA is off, or this host is to be master itself; or when somebody has started it by hand. There is no time-out. null: it goes on, or there is none.
 */
export function endHold(memory: Memory, round: Round): Step | null {
  const { view } = round;
  const { heldSinceMs, uuid } = view.self;
  if (heldSinceMs === null || round.inFlight.has("resign-master")) return null;
  const group = groupOf(view);
  const agrees = (group?.agreedAtMs ?? Number.NEGATIVE_INFINITY) >= heldSinceMs;
  const isToBeMaster = namedUnderHa(view) === uuid && !isAwaitingHeir(memory, view);
  if (!agrees && !isToBeMaster && group?.roll?.ha !== false && !isStarted(round)) return null;
  return { memory, actions: whenDue({ kind: "release-xapi" }, round), reasons: [] };
}

/** Nobody has taken its place in that time: it tries once more. */
const HEIR_MS = 5 * 60_000;

/** It has given up being master, and another host is to take its place. */
function isAwaitingHeir(memory: Memory, { nowMs, self }: PoolView): boolean {
  return hasResigned(self, memory) && nowMs - (self.heldSinceMs ?? nowMs) < HEIR_MS;
}

/** So long after the hold began it has been stopped. */
const STOPPED_MS = 20_000;

/** Somebody has started it by hand: then nothing is held any more. */
function isStarted({ view, inFlight }: Round): boolean {
  const { heldSinceMs, xapiAnswers } = view.self;
  if (heldSinceMs === null || !xapiAnswers || inFlight.has("follow-master") || inFlight.has("hold-xapi"))
    return false;
  return view.nowMs - heldSinceMs >= STOPPED_MS;
}

/** A hold that lasts is told, and again every five minutes. */
const LONG_HOLD_MS = 60_000;
const TOLD_AGAIN_MIN = 5;

/** Why the xapi of this host does not run, when that has lasted. */
export function reportHold(memory: Memory, view: PoolView): readonly Reason[] {
  const { heldSinceMs } = view.self;
  const named = namedUnderHa(view);
  // While HA is off, too: then nobody else sees to it.
  const isNobodys = named === null || named === view.self.uuid;
  if (isNobodys && hasResigned(view.self, memory)) return [{ kind: "resigned" }];
  if (heldSinceMs === null || view.nowMs - heldSinceMs < LONG_HOLD_MS) return [];
  const minutes = Math.floor((view.nowMs - heldSinceMs) / 60_000 / TOLD_AGAIN_MIN) * TOLD_AGAIN_MIN;
  const isMasterHeard = named !== null && isHeardNow(heardOf(view.hearing, named));
  return [
    { kind: "xapi-held", master: named === null ? null : hostName(memory, named), isMasterHeard, minutes },
  ];
}

/**
 * The own xapi follows the master that the group has named: as soon as that says by its pool.conf that it is master, for a xapi that
 * follows a host which is none hangs unnoticed; at once, where this host calls itself master: an old database must never win. null: it
 * does, or nobody is named.
 */
export function followNamed(memory: Memory, round: Round): Step | null {
  const { view } = round;
  const named = namedUnderHa(view);
  const { role, uuid } = view.self;
  if (named === null || named === uuid) return null;
  const ways = waysOf(named, view);
  const address = rowOf(hostRows(memory, view), named).address ?? ways[0] ?? "";
  if (role.kind === "master") return standDown(memory, { host: named, address }, round);
  if (address === "" || role.kind !== "slave" || !saysItIsMaster(named, view)) return null;
  if (ways.includes(role.masterAddress) || isAddressOf(named, role.masterAddress, memory))
    return endStraying(memory, round);
  return {
    memory: afterTakeOver(memory, "named-another"),
    actions: whenDue({ kind: "follow-master", address }, round),
    reasons: [{ kind: "follows-named", host: hostName(memory, named), address }],
  };
}

/** By what this host knows of its pool. */
function isAddressOf(host: HostUuid, address: string, { lastGood }: Memory): boolean {
  return hostWithAddress(lastGood?.hosts ?? [], address)?.uuid === host;
}

/** Where it is heard from, for a host that does not know its pool. */
function waysOf(host: HostUuid, { hearing }: PoolView): readonly string[] {
  const peer = heardPeer(hearing, host);
  return peer === "unknown" ? [] : peer.ways.map((way) => way.address);
}

/**
 * A slave that an administrator has made master is given this time to be named: by the word of the old one, which hands the mastership over,
 * or because that one is known to be off. An old master that comes back is given none.
 */
const BY_HAND_MS = 60_000;

function standDown(
  memory: Memory,
  { host, address }: { readonly host: HostUuid; readonly address: string },
  round: Round,
): Step {
  const { nowMs } = round.view;
  const unnamedSinceMs = memory.unnamedSinceMs ?? nowMs;
  const isByHand =
    memory.following !== null && memory.promotion === null && nowMs - unnamedSinceMs < BY_HAND_MS;
  const follow: Action = { kind: "follow-master", address };
  return {
    memory: { ...afterTakeOver(memory, "named-another"), unnamedSinceMs },
    actions: address === "" || isByHand ? [] : whenDue(follow, round),
    reasons: [{ kind: "rival-master", host: hostName(memory, host), address }],
  };
}

/** xapi tries again after 2, 4, 8 … 256 s; one that has been away for so long is not waited for. */
const STRAYING_MS = 60_000;

/**
 * Since when the own xapi has not served though the master does that it follows, as the group has named it; null: it does, or it is held.
 */
export function straysSince(memory: Memory, view: PoolView): number | null {
  const { role, heldSinceMs } = view.self;
  const named = namedUnderHa(view);
  if (view.database.ok || heldSinceMs !== null || named === null || role.kind !== "slave") return null;
  const isOurs = isAddressOf(named, role.masterAddress, memory);
  return isOurs && saysItServes(named, view) ? (memory.straysSinceMs ?? view.nowMs) : null;
}

/** It starts again, when the database agrees. */
function endStraying(memory: Memory, round: Round): Step | null {
  const { straysSinceMs } = memory;
  if (straysSinceMs === null || round.view.nowMs - straysSinceMs < STRAYING_MS) return null;
  if (isDisarmed(round.view, round.view.self.uuid)) return null;
  return { memory, actions: whenDue({ kind: "hold-xapi" }, round), reasons: [] };
}
