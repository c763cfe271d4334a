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
  /** Why this host takes no part; null: it does. */
  readonly trouble: string | null;
}
