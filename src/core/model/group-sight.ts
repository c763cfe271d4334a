import type { HostUuid } from "./ids.ts";

/** Who counts, as it is published. */
export interface SightOfRoll {
  readonly hosts: readonly HostUuid[];
  /** The XAPI master, as the group knows it. */
  readonly master: HostUuid;
  /** In which that one was named, in the only form (core/group/roll.ts, `officeText`). */
  readonly office: string;
  readonly ha: boolean;
  /** Is it known that a majority has it? */
  readonly settled: boolean;
  /** Hosts that are heard in the boot that the roll has, this one among them. */
  readonly entered: readonly HostUuid[];
  /** Hosts that are heard, and have stored this very roll, this one among them. */
  readonly storedBy: readonly HostUuid[];
  /** For what HA rests now. */
  readonly disarms: readonly DisarmSight[];
  /** The last word about that which was taken (`DisarmWord.id`); 0: none ever was. */
  readonly disarmWord: number;
}

/** HA rests (`ha-cfg disarm`). */
export interface DisarmSight {
  /** null: for the whole pool. */
  readonly host: HostUuid | null;
  /** In milliseconds; 0: it is over as soon as a majority knows it. */
  readonly leftMs: number;
}

/** The lease of another host as its leader sees it. */
export interface LeaseSight {
  readonly host: HostUuid;
  readonly leaseMs: number;
  /** When it is over if that host is not heard again, by the uptime of the leader. */
  readonly endsMs: number;
}

/** A host that is off because its lease is over, if it has not booted since. */
export interface LeaseOver {
  readonly host: HostUuid;
  /** When the leader has heard of that boot last, by its uptime; null: never. */
  readonly heardMs: number | null;
}

/** The lease of this host. */
export interface OwnLeaseSight {
  /** With which it lets others count on it; null: not, or not any more. */
  readonly leaseMs: number | null;
  /** So many slots of Xen's watchdog are armed. */
  readonly armed: number;
  /** The newest own number that its leader has acknowledged: so long it was heard; null: none. */
  readonly ackedMs: number | null;
  /** When the first of them fires, unless it is disarmed before, by the uptime; null: none is armed. */
  readonly firesMs: number | null;
  /** Its end is asked for, and is refused: others that have one would be left without a majority (core/group/strands-others.ts). */
  readonly strands: boolean;
  /** Why nothing can be armed; null: nothing is in the way. */
  readonly trouble: string | null;
}

/** The tie of the roll: the exclusive vote that one host can claim outside the pool. */
export interface TieSight {
  readonly name: string;
  /** Does one half of the roll need it? In a roll of odd size it decides nothing. */
  readonly decides: boolean;
  /** Who has claimed it, as the place has said to this host last; null: nobody, or that is not known. */
  readonly holder: HostUuid | null;
  /**
   * `none`: this host has nothing to do with it now; `lacks`: a claim is all that it lacks for leading; `lives`: it leads by its claim; `lost`: the
   * claim by which it led is gone.
   */
  readonly need: "none" | "lacks" | "lives" | "lost";
  /** A claim that it lacks is under way: neither refused, nor without an answer for long. */
  readonly isClaiming: boolean;
  /** Why the place did not answer last; null: it did, or was not asked. */
  readonly trouble: string | null;
  /** Since when it has not answered, by this host's uptime; null: as with `trouble`. */
  readonly troubleSinceMs: number | null;
}

/** What the last test of the place of ties has found (`TieBreaker.test`). Times are the host's uptime. */
export interface TieTest {
  /** As TIE_BREAKER_PLACE says it. */
  readonly place: string;
  readonly atMs: number;
  /** What is wrong with it; null: nothing. */
  readonly wrong: string | null;
  /** Since when tests have found something, or nothing. */
  readonly sinceMs: number;
}

/** The group as the monitor of a host publishes it (core/group/README.md). */
export interface GroupSight {
  /**
   * `leads`: this host has the mandate; `elected`: it will have it when its roll is settled; `stands`: it asks for votes;
   * `hears`: it hears the leader; `told`: others say that they do; `none`: there is none that it knows of; `unsaid`: it takes no
   * part yet.
   */
  readonly lead: "leads" | "elected" | "stands" | "hears" | "told" | "none" | "unsaid";
  /** Since when, by this host's uptime, `lead` and `leader` are what they are. */
  readonly sinceMs: number;
  /** null: not known. */
  readonly leader: HostUuid | null;
  /** Until when, by this host's uptime, it may act; null: it may not. */
  readonly mandateUntilMs: number | null;
  /** null: it is in no group. */
  readonly roll: SightOfRoll | null;
  /**
   * When, by this host's uptime, it had listed its domains, which agree with the database of the XAPI master: as that one says, which
   * leads and is heard now; null: it does not say so.
   */
  readonly agreedAtMs: number | null;
  /** Hosts that must be heard, and follow this XAPI master, before it can found the group; empty where it does not found one. */
  readonly awaited: readonly HostUuid[];
  /** Hosts that an administrator has confirmed to be off on this host, and of which nothing has come since. */
  readonly confirmedOff: readonly HostUuid[];
  /** The leases of the others, on the leader; empty on any other host. */
  readonly leases: readonly LeaseSight[];
  /** Hosts whose lease is over, so that they are off, and of which nothing has come since. */
  readonly leaseOver: readonly LeaseOver[];
  /** null: it has none. */
  readonly ownLease: OwnLeaseSight | null;
  /** null: its roll has none. */
  readonly tie: TieSight | null;
  /** null: no place is named, or it was not tested yet. */
  readonly tieTest: TieTest | null;
  /** Why this host takes no part; null: it does. */
  readonly trouble: string | null;
}
