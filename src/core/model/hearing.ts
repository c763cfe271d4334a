import type { GroupSight } from "./group-sight.ts";
import type { HostUuid, VmUuid } from "./ids.ts";

/** What a host's own xapi is doing, as its monitor says it. `held`: kept from starting by its monitor. */
export type XapiState = "serving" | "starting" | "lost" | "held" | "silent";

/** What a host says of itself once a second (core/group/README.md, "What a heartbeat says"). */
export interface OwnState {
  /** By pool.conf, which is newer than what a running xapi believes. */
  readonly role: "master" | "slave" | "broken" | "unknown";
  /** Whom it follows; itself on a master. null: nobody, or a host that it does not know. */
  readonly master: HostUuid | null;
  /** `lost`: in emergency mode, because the master that it looks for does not take it. */
  readonly xapi: XapiState;
  /** The start sequence of its xapi is done: `/var/run/xapi_init_complete.cookie` stands. */
  readonly startComplete: boolean;
  /** null: it does not know. */
  readonly enabled: boolean | null;
  /** HA as the pool's flag wants it; null: it does not know. */
  readonly haWished: boolean | null;
  /** Its service is being stopped on purpose, perhaps because the host is shut down. */
  readonly leaving: boolean;
  /**
   * How many changes are in its copy of the master's database, and on the master in the database itself
   * (core/members/own-copy.ts); null: it does not know.
   */
  readonly changes: number | null;
  /** On a master: the office in its own database (`OFFICE_KEY`); null: there is none, or it does not know. */
  readonly office: string | null;
}

/** What a host has answered when it was asked which of some VMs it runs. */
export interface HostRuns {
  readonly own: Pick<OwnState, "role" | "master" | "xapi">;
  /** Of the asked VMs those that have a domain there or are known to its xenopsd; unknown: it cannot tell. */
  readonly runs: readonly VmUuid[] | "unknown";
  /** Its uptime just before it listed its domains, and its boot; null: it was asked through XAPI, which does not say. */
  readonly atMs: number | null;
  readonly bootId: string | null;
}

/** One way by which messages of a host arrive: an address of that host, so a network. */
export interface HeardWay {
  readonly address: string;
  /** Since the last fresh message that came this way. */
  readonly ageMs: number;
  /** Since when, by this host's uptime, messages have come this way without a break. */
  readonly sinceMs: number;
}

/** Another host of the pool as the monitors know it. */
export interface HeardPeer {
  readonly host: HostUuid;
  /**
   * `direct`: a fresh message came from it. `reported`: none did, but another host freshly reports that one came to it.
   * `silent`: neither.
   */
  readonly heard: "direct" | "reported" | "silent";
  /** Since when, by this host's uptime, `heard` is what it is. */
  readonly sinceMs: number;
  /** How old the last fresh message is, of whomever it came to; null: none has been heard of. */
  readonly ageMs: number | null;
  /** Who reports it; null unless `heard` is `reported`. */
  readonly by: HostUuid | null;
  readonly ways: readonly HeardWay[];
  /** Of its last fresh message; null unless `heard` is `direct`. */
  readonly own: OwnState | null;
  /** Whom it hears, by its last fresh message; null unless `heard` is `direct`. */
  readonly hears: readonly { readonly host: HostUuid; readonly ageMs: number }[] | null;
}

/** Datagrams that were dropped since the monitor began, by why. */
export interface Refused {
  /** Not ours at all, damaged, or of another version. */
  readonly malformed: number;
  /** From a pool with another uuid. */
  readonly otherPool: number;
  /** Its sender does not know the pool secret. */
  readonly wrongTag: number;
  /** From, or for, a host that this pool does not have here. */
  readonly unknownHost: number;
}

/** What the monitor of this host publishes once a second for the iterations and for people. */
export interface Hearing {
  readonly self: HostUuid;
  readonly bootId: string;
  /** When, by this host's uptime. */
  readonly atMs: number;
  readonly peers: readonly HeardPeer[];
  readonly group: GroupSight;
  readonly refused: Refused;
  /** Why no datagram can be sent or received now; null when they can. */
  readonly trouble: string | null;
}
