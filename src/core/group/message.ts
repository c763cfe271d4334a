import type { OwnState } from "../model/hearing.ts";
import type { HostUuid, VmUuid } from "../model/ids.ts";
import type { VoteWords } from "./vote-words.ts";

/**
 * The number of a message: the boot of its sender, and the sender's uptime when it was sent. It tells its own age to its
 * sender, and never repeats when a monitor restarts, so nothing about it has to be stored.
 */
export interface MessageNumber {
  readonly bootId: string;
  readonly ms: number;
}

/** That its sender has heard `host`: how long ago, and the newest number of that host. */
export interface HeardEntry {
  readonly host: HostUuid;
  readonly ageMs: number;
  /** Uptime of `host` in its newest number; over the network its low 32 bits. */
  readonly numberMs: number;
  /** The boot of that number (boot-tag.ts). */
  readonly bootTag: number;
  /**
   * From the XAPI master that leads: when `host` had listed its domains, which agree with the database, by its uptime in the boot of
   * that number; over the network the low 32 bits. null: nothing is said of that.
   */
  readonly agreedMs: number | null;
}

/** That the leader, who has a mandate, has this number of a host: it may go on living with its lease (core/group/README.md, "The lease"). */
export interface Ack {
  readonly host: HostUuid;
  /** Of that number (boot-tag.ts). */
  readonly bootTag: number;
  /** Uptime of `host` in it; over the network its low 32 bits. */
  readonly ms: number;
}

/** The one message that hosts exchange once a second (core/group/README.md). */
export interface Heartbeat {
  readonly from: HostUuid;
  readonly to: HostUuid;
  readonly number: MessageNumber;
  /** The newest number that was heard from `to`; null: none yet. */
  readonly answers: MessageNumber | null;
  readonly own: OwnState;
  readonly vote: VoteWords;
  /** Whom the sender hears directly. */
  readonly heard: readonly HeardEntry[];
  /** From the leader: what it acknowledges. From others: what their leader has acknowledged, passed on. */
  readonly acks: readonly Ack[];
}

/** "Which of these VMs do you run?", asked before a start (core/restart/who-runs.ts). */
export interface RunsQuestion {
  readonly from: HostUuid;
  readonly to: HostUuid;
  readonly number: MessageNumber;
  /** At random, so that an answer to an older question is none to this one. 32 bits. */
  readonly id: number;
  /** At most MOST_ASKED. */
  readonly vms: readonly VmUuid[];
}

/** What a host says of the VMs of one question. */
export interface RunsAnswer {
  readonly from: HostUuid;
  readonly to: HostUuid;
  /** Of before its domains were listed. */
  readonly number: MessageNumber;
  /** The question's. */
  readonly id: number;
  readonly own: OwnState;
  /** Those of the asked ones that have a domain there, or are known to its xenopsd; unknown: it cannot tell. */
  readonly runs: readonly VmUuid[] | "unknown";
}

/** A message, and an address of the host it is for. */
export interface Datagram {
  readonly address: string;
  readonly message: Heartbeat;
}

/** A host of the pool other than this one, and where it can be reached. Addresses are ways to it, never its identity. */
export interface GroupPeer {
  readonly host: HostUuid;
  readonly addresses: readonly string[];
}
