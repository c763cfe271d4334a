import type { DisarmWord } from "../model/disarm-words.ts";
import type { OwnState } from "../model/hearing.ts";
import type { HostUuid, PoolUuid } from "../model/ids.ts";
import type { Role } from "../model/pool-view.ts";
import type { GroupPeer } from "./message.ts";

/** What an iteration tells the monitor of the pool: the monitor itself never reads the pool database. */
export interface GroupReport {
  readonly self: HostUuid;
  /** null: this host has never seen its pool, and has no list of its hosts. */
  readonly pool: PoolUuid | null;
  /** HEARTBEAT_PORT. */
  readonly port: number;
  /** The other hosts of the pool. */
  readonly peers: readonly GroupPeer[];
  /** Who should replace the master, as the pool names it; null: nobody. */
  readonly successor: HostUuid | null;
  /** `Voting.needsCompany`. */
  readonly needsCompany: boolean;
  /** Hosts that the first group is founded without. */
  readonly without: readonly HostUuid[];
  /** Hosts in maintenance, as the XAPI master knows it; empty on any other host. */
  readonly maintenance: readonly HostUuid[];
  /** Is this host enabled? null: not known. */
  readonly enabled: boolean | null;
  /** The pool's HA flag; null: neither on nor off. */
  readonly haWished: boolean | null;
  /** `OwnState.changes`. */
  readonly changes: number | null;
  /** `OwnState.office`. */
  readonly office: string | null;
  /** So long after the master has told of a change this host is woken for its copy of the database. */
  readonly fetchAfterMs: number;
  /** The lease that the parameters ask for, in milliseconds (FENCE_METHOD=WATCHDOG); null: none. */
  readonly leaseMs: number | null;
  /** The place of ties that the parameters name; null: none. */
  readonly tie: TieReport | null;
  /** Words about a rest of HA in the pool database, as the XAPI master reads them; none on any other host. */
  readonly disarm: readonly DisarmWord[];
}

/** A place outside the pool that one host can claim (TIE_BREAKER, TIE_BREAKER_PLACE). */
export interface TieReport {
  readonly kind: "ssh" | "sr";
  readonly place: string;
  /** It stands for both in the names of ties. */
  readonly tag: string;
}

/** A host whose list of domains agrees with the database. */
export interface AgreedHost {
  readonly host: HostUuid;
  /** The uptime of that host at which it had listed them, and of which boot. */
  readonly atMs: number;
  readonly bootId: string;
}

/** What the monitor sees of its own host at this moment. */
export interface OwnSight {
  readonly role: Role;
  readonly startComplete: boolean;
  /** What its own xapi answered last; `lost`: that it is in emergency mode. */
  readonly xapi: "answers" | "lost" | "silent";
  /** It is kept from starting, and no process of it listens. */
  readonly isHeld: boolean;
  /** Its monitor is being stopped, and does not come back at once. */
  readonly isLeaving: boolean;
}

/** What this host says of itself in its next heartbeat. */
export function ownState(sight: OwnSight, report: GroupReport): OwnState {
  const { role, startComplete } = sight;
  return {
    role: role.kind,
    master: namedMaster(role, report.self, report.peers),
    xapi: xapiState(sight),
    startComplete,
    enabled: report.enabled,
    haWished: report.haWished,
    leaving: sight.isLeaving,
    changes: report.changes,
    office: role.kind === "master" ? report.office : null,
  };
}

/** What it answered last may be some seconds old; that nothing listens is seen now. */
function xapiState({ startComplete, xapi, isHeld }: OwnSight): OwnState["xapi"] {
  if (isHeld) return "held";
  if (xapi !== "answers") return xapi;
  return startComplete ? "serving" : "starting";
}

/** Is it XAPI master, and answers? Its start may still wait for a host that only the leader can call. */
export function answersAsMaster(own: OwnState | null): boolean {
  return own?.role === "master" && (own.xapi === "serving" || own.xapi === "starting");
}

/**
 * The named master's own word that it is none any more: its xapi is ended and held, and its pool.conf names nobody
 * (core/takeover/resign.ts). That is proof enough for another master, and says nothing of its VMs, which run on.
 */
export function hasResigned(own: OwnState | null): boolean {
  return own?.role === "slave" && own.xapi === "held" && own.master === null;
}

/** Can it take the place of a master? Not in maintenance, nor when its iterations do not know the pool. */
export function mayReplace(own: OwnState): boolean {
  return own.role === "master" || own.enabled === true;
}

/**
 * The master by a host's pool.conf, which names it by any of its addresses; to others it is named by its uuid. null: none,
 * or none that is known.
 */
export function namedMaster(role: Role, self: HostUuid, peers: readonly GroupPeer[]): HostUuid | null {
  if (role.kind === "master") return self;
  if (role.kind !== "slave") return null;
  return peers.find(({ addresses }) => addresses.includes(role.masterAddress))?.host ?? null;
}
