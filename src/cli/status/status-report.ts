import type { GroupSight, TieSight } from "../../core/model/group-sight.ts";
import type { HaFlag } from "../../core/model/ha-flag.ts";
import type { HeardPeer, Refused } from "../../core/model/hearing.ts";
import type { DaemonState } from "../../ports/daemons.ts";

/**
 * What `ha-cfg status --json` prints: the schema. Fields may be added; those that are here keep their name and meaning
 * as long as `schema` is 1. Names are as XAPI has them, ages and durations in seconds, times ISO 8601 in UTC; null is
 * what is not known.
 */
export interface StatusReport {
  readonly schema: 1;
  readonly version: string;
  /** `pool`: the pool database of now. `last-good`: what this host remembers. `none`: it remembers nothing. */
  readonly source: "pool" | "last-good" | "none";
  /** How old that is; null with `last-good`: from before the last boot of this host. */
  readonly sourceAgeS: number | null;
  /** Why the pool database could not be read; null when it was. */
  readonly xapiFault: string | null;
  /** For how long the xapi of this host has been held: kept from starting by its monitor; null when it is not. */
  readonly xapiHeldS: number | null;
  readonly ha: HaFlag | null;
  /** XAPI's own HA, which must be off. */
  readonly xapiHa: boolean | null;
  /** The operating mode in words. */
  readonly mode: string;
  readonly fencing: string;
  /** Why no host is fenced now, whatever fails; null when one may be. */
  readonly notFencing: string | null;
  readonly self: NamedUuid & { readonly role: HostRole };
  readonly pool: NamedUuid;
  readonly master: NamedUuid | null;
  readonly successor: NamedUuid | null;
  /** Why there is no successor; null when there is one, or that is not known. */
  readonly noSuccessor: string | null;
  readonly monitor: DaemonState;
  readonly watchdog: DaemonState;
  readonly lastIteration: IterationReport | null;
  readonly hosts: readonly HostReport[];
  /** Who hears whom; null: the monitor of this host has published nothing within the last three seconds. */
  readonly hearing: HearingReport | null;
  /** Who leads, and who counts; null: as with `hearing`. */
  readonly group: GroupStatus | null;
  /** Of the VMs that HA manages; null when they could not be listed. */
  readonly vms: {
    readonly all: number;
    readonly managed: number;
    readonly running: number;
    /** Halted, and nothing speaks against a start. */
    readonly waiting: number;
    /** Halted, and left so, because somebody has stopped them, with who did, when, and how to change it. */
    readonly stopped: readonly (NamedUuid & { readonly text: string })[];
  } | null;
  /** How the pool would stand the failure of one host; null: this host is no master, or has not looked yet. */
  readonly standing: StandingReport | null;
  readonly incidents: readonly IncidentReport[];
  /** What the last iteration had to say that still holds, in the words of the log. */
  readonly conditions: readonly string[];
}

/** What the last look of the master has found (core/restart/standing.ts). */
export interface StandingReport {
  /** Since that look. */
  readonly ageS: number;
  /** Whichever host failed, the others would have memory for the VMs that HA looks after. */
  readonly survives: boolean;
  /** Hosts that could be given VMs. */
  readonly inService: number;
  /** Names of the hosts whose VMs would not all find memory. */
  readonly weakHosts: readonly string[];
  /** VMs that run and would be started nowhere else, each with why. */
  readonly unprotected: readonly string[];
}

export interface NamedUuid {
  readonly uuid: string | null;
  readonly name: string | null;
}

export type HostRole = "master" | "slave" | "broken" | "unknown";

export interface IterationReport {
  readonly finishedAt: string;
  /** null: in an earlier boot. */
  readonly ageS: number | null;
  readonly durationS: number;
  /** `done`, `no database`, `deadline`, or why nothing could be done. */
  readonly result: string;
  /** The next one should have ended by now. */
  readonly overdue: boolean;
}

export interface HostReport {
  readonly uuid: string;
  readonly name: string;
  readonly address: string;
  readonly role: "master" | "slave";
  readonly isSelf: boolean;
  readonly enabled: boolean;
  readonly state: HostState;
  readonly xapi: "answers" | "silent" | null;
  /** 0 is now. */
  readonly lastSeenS: number | null;
  /** VMs that run there. */
  readonly vms: number | null;
}

/**
 * As the iterations of this host judge it, unless it answers just now. `silent`: it does not answer, and the iterations
 * have not judged that yet.
 */
export type HostState = "alive" | "xapi-down" | "suspect" | "failed" | "silent" | "unknown";

/** What the monitor of this host hears of the others. */
export interface HearingReport {
  /** Why no heartbeat can be sent or received; null when they can. */
  readonly trouble: string | null;
  /** Datagrams that were dropped since the monitor began, by why. */
  readonly refused: Refused;
  /** The other hosts. */
  readonly hosts: readonly HeardHostReport[];
}

export interface HeardHostReport {
  readonly uuid: string;
  readonly name: string;
  /** `reported`: not from here, but another host hears it. */
  readonly heard: HeardPeer["heard"];
  /** The host that reports it. */
  readonly by: string | null;
  /** Since when it is heard so, or silent. */
  readonly sinceS: number;
  /** Since its last message, to whomever; tenths of a second. null: there was none. */
  readonly ageS: number | null;
  /** Its addresses from which messages come now. */
  readonly addresses: readonly string[];
  /** Names of the hosts that it hears, and of those that it does not; null unless it is heard directly. */
  readonly hears: readonly string[] | null;
  readonly misses: readonly string[] | null;
  /**
   * Its copy of the pool database is older than the database of the master, as it is for some seconds after a change; null:
   * not known, or it is the master.
   */
  readonly isCopyOld: boolean | null;
}

/** The lease of this host: its watchdog resets it when the group does not answer it any more. */
export interface OwnLeaseStatus {
  /** null: it is being armed, or ended. */
  readonly leaseS: number | null;
  /** So many slots of the watchdog are armed. */
  readonly armed: number;
  /** So long ago the group has answered last; null: it has not. */
  readonly answeredS: number | null;
  /** In so many seconds the watchdog fires, unless the group answers; null: nothing is armed. */
  readonly firesInS: number | null;
  /** Why nothing can be armed; null: nothing is in the way. */
  readonly trouble: string | null;
}

/** What decides when exactly half of the hosts that count is left. */
export interface TieStatus {
  /** TIE_BREAKER; `ip` also where FENCE_USE_IP_HEURISTICS=1 stands for it. */
  readonly breaker: "none" | "ip" | "ssh" | "sr";
  /** The hosts that count are an even number; otherwise there is no half. */
  readonly decides: boolean;
  /** Whose vote counts double: `master`, the XAPI master's; `claim`, that of the host that has claimed the place. */
  readonly by: "master" | "claim";
  /** That host, as far as this one knows; null: none. */
  readonly holder: NamedUuid | null;
  /** TIE_BREAKER_PLACE; null where there is none, or the claims of now are at another place. */
  readonly place: string | null;
  /** What this host has to do with it (core/model/group-sight.ts). */
  readonly need: TieSight["need"];
  /** Why the place did not answer last, and since when; null: it did, or was not asked. */
  readonly trouble: string | null;
  readonly troubleS: number | null;
  /** The last test of the place by the monitor of this host; null: none since it began, or since that place was named. */
  readonly tested: {
    readonly ageS: number;
    /** null: nothing is wrong. */
    readonly wrong: string | null;
    /** Since when tests have failed, or succeeded. */
    readonly sinceS: number;
  } | null;
}

/** The group that the monitors form, as the one of this host sees it (core/model/group-sight.ts). */
export interface GroupStatus {
  readonly lead: GroupSight["lead"];
  readonly leader: NamedUuid | null;
  /** Since when that is so. */
  readonly sinceS: number;
  /** This host may act for the pool now. */
  readonly mayAct: boolean;
  /** Names of the hosts whose vote counts, of those of them that are heard, this one included, and of all others of the pool. */
  readonly counts: readonly string[];
  readonly heard: readonly string[];
  readonly leftOut: readonly string[];
  /** Of the other hosts, on the leader: with how many seconds, and in how many they are over if those are not heard again. */
  readonly leases: readonly {
    readonly host: string | null;
    readonly leaseS: number;
    readonly endsInS: number;
  }[];
  /** Of this host; null: it has none (FENCE_METHOD without WATCHDOG). */
  readonly ownLease: OwnLeaseStatus | null;
  /** null: the hosts are an odd number without a place, or no group. */
  readonly tie: TieStatus | null;
  /** The XAPI master, as the group has named it; null: this host is in no group. */
  readonly master: NamedUuid | null;
  /** Does this host know that a majority has stored who counts? */
  readonly isSettled: boolean | null;
  readonly ha: boolean | null;
  /** For what HA rests (`ha-cfg disarm`), and for how long still; `host` null: for the whole pool. */
  readonly disarmed: readonly { readonly host: NamedUuid | null; readonly leftS: number }[];
  /** Names of the hosts that this master waits for before the hosts can be a group. */
  readonly awaited: readonly string[];
  /** Why this host has no vote; null: it has one. */
  readonly trouble: string | null;
}

export interface IncidentReport {
  readonly kind: "host-failed" | "promotion" | "isolation" | "old-copy";
  /** Name of the host that it is about. */
  readonly host: string | null;
  readonly text: string;
  /** Since when; null where that was before the last boot. */
  readonly ageS: number | null;
}
