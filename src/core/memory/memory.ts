import type { HostUuid } from "../model/ids.ts";
import type { DatabaseView } from "../model/pool-view.ts";
import { type Agreed, isAgreed } from "./agreed.ts";
import { type AlertMemory, isAlertMemory, NO_ALERTS } from "./alert-memory.ts";
import { isRestartHistory, isRetry, type RestartHistory, type Retry } from "./attempts.ts";
import { type DeclaredDead, isDeclaredDead } from "./declared-dead.ts";
import { type Down, type DownReason, isDown, isDownReason } from "./down.ts";
import { ADDED_LATER, completeEarlier } from "./earlier-version.ts";
import { type FenceDevices, isFenceDevices } from "./fence-devices.ts";
import { type HostHealth, isHostHealth } from "./host-health.ts";
import { type Incident, isIncident } from "./incident.ts";
import { type Isolation, isIsolation } from "./isolation.ts";
import { isLastGoodView, type LastGoodView } from "./last-good.ts";
import { isOwnCopy, type OwnCopy } from "./own-copy.ts";
import { type EndedPromotion, isEndedPromotion, isPromotionState, type PromotionState } from "./promotion.ts";
import { isSeenDifference, isSeenRunning, type SeenDifference, type SeenRunning } from "./seen-running.ts";
import { isSeenStop, type SeenStop } from "./seen-stop.ts";
import {
  type Check,
  isBrandedText,
  isFlag,
  isNumber,
  isText,
  listOf,
  nullOr,
  objectOf,
  recordOf,
} from "./shape.ts";
import { isStanding, type Standing } from "./standing.ts";
import { isToolstackSilence, type ToolstackSilence } from "./toolstack.ts";

/**
 * All that one host remembers from pass to pass: plain JSON, written before and after every action. Times are
 * milliseconds since boot, so a step of the clock changes nothing.
 */
export interface Memory {
  readonly version: 1;
  readonly bootId: string;
  readonly lastGood: LastGoodView | null;
  /**
   * In this boot the pool was seen whole: a slave saw its master, a master was followed by more than half. Who was away
   * does not know what happened meanwhile, and may neither fence nor start VMs by the vote of a gateway.
   */
  readonly sawPoolSinceBoot: boolean;
  readonly health: Readonly<Record<string, HostHealth>>;
  /** Hosts that have failed, from then until they are members like any other. */
  readonly incidents: Readonly<Record<string, Incident>>;
  /** Since when this host fences nobody further, for too many were fenced within minutes (core/fencing/brakes.ts); null: it does. A person ends it. */
  readonly fencingStoppedSinceMs: number | null;
  /** While that lasts: when a failed host waited for its fence last; null: not looked yet. */
  readonly unfencedAtMs: number | null;
  /** When each host was fenced in the last hour, and in the hour before if it is off since, by whomever (core/fencing/note-fences.ts). */
  readonly fencedAtMs: Readonly<Record<string, readonly number[]>>;
  /** When each of those was on the roll again. */
  readonly backAtMs: Readonly<Record<string, number>>;
  /** When each host has booted by itself in the last hour, in seconds of its own wall clock (core/members/own-boots.ts). */
  readonly ownBootsS: Readonly<Record<string, readonly number[]>>;
  /** Whose votes counted in the last round. */
  readonly onRoll: readonly HostUuid[];
  readonly promotion: PromotionState | null;
  /** The address that this slave followed in the last pass; null on a master. */
  readonly following: string | null;
  /** Since when the group has named this slave as master, and nobody says that he is it; null: somebody does, or it is not named. */
  readonly masterlessSinceMs: number | null;
  /** Since when this host is master, and the group has named another one; null: it is none, or is named. */
  readonly unnamedSinceMs: number | null;
  /** Since when this host is master, and named, and its xapi does not serve (core/takeover/resign.ts); null: it does, or is neither. */
  readonly unservedSinceMs: number | null;
  /** Since when the master that this slave follows serves, and its own xapi does not (core/takeover/own-xapi.ts). */
  readonly straysSinceMs: number | null;
  /**
   * Hosts whose xapi is held, and when each had said what it runs, where that agrees with the database and it may start
   * (core/restart/agreement.ts); null: it may not.
   */
  readonly agreed: Readonly<Record<string, Agreed | null>>;
  /** Since when this master has not led its pool, while HA is on; null: it does, or is none. */
  readonly notLeadingSinceMs: number | null;
  readonly promoted: EndedPromotion | null;
  readonly isolation: Isolation | null;
  readonly restarts: Readonly<Record<string, RestartHistory>>;
  /** Managed VMs and appliances that are down, by uuid, as far as this host starts them. */
  readonly down: Readonly<Record<string, Down>>;
  /** Why each of them is down, since when, and what was told of it (core/restart/down.ts). */
  readonly downReasons: Readonly<Record<string, DownReason>>;
  /** What was seen of how each VM that is down came to be so, by uuid (core/restart/stops.ts). */
  readonly stops: Readonly<Record<string, SeenStop>>;
  /** When this master last heard each other host, in any way and by anybody, by the beginning of the round. */
  readonly heardAtMs: Readonly<Record<string, number>>;
  /** When each of them last said that it runs none of the VMs it was asked for, or was heard before it was declared dead. */
  readonly emptyAtMs: Readonly<Record<string, number>>;
  /** Which host has said last that it runs a VM, while one is silent that may run it, too. */
  readonly seenRunning: Readonly<Record<string, SeenRunning>>;
  /** VMs that the database has somewhere else than where they run, and since when in this way. */
  readonly differences: Readonly<Record<string, SeenDifference>>;
  /** Hosts that were declared dead, until they have said that none of their VMs of then runs there. */
  readonly declaredDead: Readonly<Record<string, DeclaredDead>>;
  /** What the master's disk has of who belongs to the pool and where VMs run (core/members/on-disk.ts); null: not known. */
  readonly placementOnDisk: string | null;
  /** When each host was last seen with its xapi held. Whatever that xapi had been told before is over. */
  readonly heldAtMs: Readonly<Record<string, number>>;
  /** For what HA rested in the last round (core/members/note-disarm.ts); null: the pool. */
  readonly disarmed: readonly (HostUuid | null)[];
  /** null: this host has fetched none (core/members/own-copy.ts), or is master. */
  readonly copy: OwnCopy | null;
  /** A VM that is down waits only until the no of some host counts, or for the guest of another one: it is looked again within a second. */
  readonly isSettling: boolean;
  /** What the last look at the fence devices came to; null before the first, and where there are none. */
  readonly fenceDevices: FenceDevices | null;
  /** How the pool would stand the failure of a host; null: not looked yet. */
  readonly standing: Standing | null;
  readonly retries: Readonly<Record<string, Retry>>;
  readonly alerts: AlertMemory;
  /** null while the own xapi answers. */
  readonly toolstack: ToolstackSilence | null;
}

/** Is it a memory of this very version, with every field? */
export const isMemory: Check<Memory> = objectOf<Memory>({
  version: (value): value is 1 => value === 1,
  bootId: isText,
  lastGood: nullOr(isLastGoodView),
  sawPoolSinceBoot: isFlag,
  health: recordOf(isHostHealth),
  incidents: recordOf(isIncident),
  fencingStoppedSinceMs: nullOr(isNumber),
  unfencedAtMs: nullOr(isNumber),
  fencedAtMs: recordOf(listOf(isNumber)),
  backAtMs: recordOf(isNumber),
  ownBootsS: recordOf(listOf(isNumber)),
  onRoll: listOf(isBrandedText<HostUuid>),
  promotion: nullOr(isPromotionState),
  following: nullOr(isText),
  masterlessSinceMs: nullOr(isNumber),
  unservedSinceMs: nullOr(isNumber),
  straysSinceMs: nullOr(isNumber),
  unnamedSinceMs: nullOr(isNumber),
  agreed: recordOf(nullOr(isAgreed)),
  notLeadingSinceMs: nullOr(isNumber),
  promoted: nullOr(isEndedPromotion),
  isolation: nullOr(isIsolation),
  restarts: recordOf(isRestartHistory),
  down: recordOf(isDown),
  downReasons: recordOf(isDownReason),
  stops: recordOf(isSeenStop),
  heardAtMs: recordOf(isNumber),
  emptyAtMs: recordOf(isNumber),
  seenRunning: recordOf(isSeenRunning),
  differences: recordOf(isSeenDifference),
  declaredDead: recordOf(isDeclaredDead),
  placementOnDisk: nullOr(isText),
  heldAtMs: recordOf(isNumber),
  disarmed: listOf(nullOr(isBrandedText<HostUuid>)),
  copy: nullOr(isOwnCopy),
  isSettling: isFlag,
  fenceDevices: nullOr(isFenceDevices),
  standing: nullOr(isStanding),
  retries: recordOf(isRetry),
  alerts: isAlertMemory,
  toolstack: nullOr(isToolstackSilence),
});

/** The memory of a host that remembers nothing. */
export function emptyMemory(bootId: string): Memory {
  return {
    version: 1,
    bootId,
    lastGood: null,
    sawPoolSinceBoot: false,
    health: {},
    incidents: {},
    promotion: null,
    following: null,
    masterlessSinceMs: null,
    promoted: null,
    isolation: null,
    restarts: {},
    ...ADDED_LATER,
    retries: {},
    alerts: NO_ALERTS,
    toolstack: null,
  };
}

/**
 * The memory of an earlier pass as read from its file, or null when it is not one: a file of another version, cut off,
 * or edited by hand must not decide about a host's power. All or nothing: half a memory is none. Only what was told to
 * people decides nothing: an alert memory that cannot be used is an empty one.
 */
export function parseMemory(value: unknown): Memory | null {
  const complete = completeEarlier(value);
  return isMemory(complete) ? complete : null;
}

/** What was told, as read from a file; null when it is something else. */
export function parseAlertMemory(value: unknown): AlertMemory | null {
  return isAlertMemory(value) ? value : null;
}

/** The incident that keeps a host from being a member; one that has returned is only waiting to be enabled. */
export function incidentOf(memory: Memory, uuid: HostUuid): Incident | undefined {
  const incident = memory.incidents[uuid];
  return incident?.phase === "returned" ? undefined : incident;
}

/**
 * The incidents without those that are not over: what is forgotten when HA is switched off, or the master answers. A host
 * that was seen enabled in `database` is over as well: who disables it later is an administrator (core/fencing/re-enable.ts).
 */
export function onlyReturned(
  { incidents }: Memory,
  database: DatabaseView | null,
): Readonly<Record<string, Incident>> {
  const isEnabled = (uuid: HostUuid) => database?.hosts.find((host) => host.uuid === uuid)?.enabled === true;
  const rest = Object.entries(incidents).filter(
    ([, { phase, host }]) => phase === "returned" && !isEnabled(host),
  );
  return Object.fromEntries(rest);
}
