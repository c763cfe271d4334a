import { type AlertMemory, NO_ALERTS, rebaseAlerts } from "../alerts/alert-policy.ts";
import type { FenceDevices } from "../fencing/fence-devices.ts";
import type { Incident } from "../fencing/incident.ts";
import type { HostHealth } from "../members/host-health.ts";
import type { Isolation } from "../members/isolation.ts";
import type { HaFlag } from "../model/ha-flag.ts";
import type { HostUuid, PoolUuid } from "../model/ids.ts";
import type { Retry } from "../pace/back-off.ts";
import type { RestartHistory } from "../restart/restart-plan.ts";
import type { Gathering } from "../takeover/gathering.ts";
import type { PromotionState } from "../takeover/promotion.ts";

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
   * does not know what happened meanwhile, and may neither shoot nor start by the vote of a gateway.
   */
  readonly confirmed: boolean;
  readonly health: Readonly<Record<string, HostHealth>>;
  readonly incidents: Readonly<Record<string, Incident>>;
  /** Hosts that this one declared dead, that came back, and that were not seen enabled since: when they were back. */
  readonly declaredBackAtMs: Readonly<Record<string, number>>;
  readonly promotion: PromotionState | null;
  /** The address that this slave followed in the last pass; null on a master. */
  readonly following: string | null;
  /** Since when every host of the pool says that it is no master; null when one is, or not all have said so. */
  readonly masterlessSinceMs: number | null;
  /** A promotion of this host that is over, until its old master was seen as a slave. */
  readonly promoted: { readonly oldMaster: HostUuid; readonly epoch: number } | null;
  readonly gathering: Gathering | null;
  readonly isolation: Isolation | null;
  readonly restarts: Readonly<Record<string, RestartHistory>>;
  /** What the last look at the fence devices came to; null before the first, and where there are none. */
  readonly fenceDevices: FenceDevices | null;
  readonly retries: Readonly<Record<string, Retry>>;
  readonly alerts: AlertMemory;
  /** Own xapi: silent since, and whether this silence already cost a restart of the toolstack. */
  readonly toolstack: { readonly silentSinceMs: number; readonly restarted: boolean } | null;
}

/** The last complete and believable view of the pool: what a slave decides by when the master is gone. */
export interface LastGoodView {
  readonly atMs: number;
  readonly pool: PoolUuid;
  readonly poolName: string;
  readonly master: HostUuid;
  readonly haFlag: HaFlag;
  readonly hosts: readonly KnownHost[];
  /** Hosts that count for quorum (core/members/membership.ts). */
  readonly members: readonly HostUuid[];
  /** Successors in order; the first is the manual's "autopromote winner". */
  readonly ranking: readonly HostUuid[];
  /** Fingerprint of the pool's parameters: a change is copied to all slaves. */
  readonly parameters: string;
}

export interface KnownHost {
  readonly uuid: HostUuid;
  readonly name: string;
  readonly address: string;
  readonly enabled: boolean;
  /** As last read, compared for equality only: it changes when that host's xapi starts again. */
  readonly agentStartTime: string | null;
  /** When we saw it change, or saw the host first. */
  readonly agentStartedAtMs: number;
  /** Disabled in every view since; null while it is enabled. */
  readonly disabledSinceMs: number | null;
  /** It became disabled when its own or the master's xapi started, so it was nobody's wish. */
  readonly disabledByStart: boolean;
}

export function emptyMemory(bootId: string): Memory {
  return {
    version: 1,
    bootId,
    lastGood: null,
    confirmed: false,
    health: {},
    incidents: {},
    declaredBackAtMs: {},
    promotion: null,
    following: null,
    masterlessSinceMs: null,
    promoted: null,
    gathering: null,
    isolation: null,
    restarts: {},
    fenceDevices: null,
    retries: {},
    alerts: NO_ALERTS,
    toolstack: null,
  };
}

/**
 * The memory of an earlier boot, made usable in this one. Times since boot mean nothing any more, so what is timed is
 * forgotten and observed again; what must survive a reboot is the last good view, an unfinished promotion (it holds
 * back starts) and "this incident already cost a reboot".
 */
export function rebaseMemory(memory: Memory, bootId: string): Memory {
  if (memory.bootId === bootId) return memory;
  const { lastGood, promotion } = memory;
  const hosts = (lastGood?.hosts ?? []).map((host) => ({
    ...host,
    agentStartedAtMs: 0,
    disabledSinceMs: host.disabledSinceMs === null ? null : 0,
  }));
  // Whom this host had fenced may be back since: a proof of death does not outlive the one who was away.
  const fenced = Object.values(memory.incidents).map((incident) => incident.host);
  const members = [...new Set([...(lastGood?.members ?? []), ...fenced])].sort();
  return {
    ...emptyMemory(bootId),
    lastGood: lastGood && { ...lastGood, atMs: 0, hosts, members },
    promotion: promotion && { ...promotion, sinceMs: 0, calledAtMs: 0, backAtMs: {}, settledAtMs: {} },
    promoted: memory.promoted,
    alerts: rebaseAlerts(memory.alerts, lastGood?.atMs ?? 0),
    isolation: memory.isolation && { ...memory.isolation, wellSinceMs: null },
  };
}
