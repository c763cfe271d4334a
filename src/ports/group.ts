import type { Greeting } from "../core/group/greeting.ts";
import type { Datagram, GroupPeer, Heartbeat, RunsAnswer, RunsQuestion } from "../core/group/message.ts";
import type { Transport } from "../core/group/publish.ts";
import type { RollMessage } from "../core/group/roll-message.ts";
import type { Hearing, HostRuns } from "../core/model/hearing.ts";
import type { HostUuid, PoolUuid, VmUuid } from "../core/model/ids.ts";
import type { Role } from "../core/model/pool-view.ts";

/** Who belongs to the group and how it is reached: what an iteration has read of the pool database. */
export interface GroupSetUp {
  readonly self: HostUuid;
  /** null: not known. Then nothing is sent, and whoever greets is of any pool that has this host's secret. */
  readonly pool: PoolUuid | null;
  /** HEARTBEAT_PORT. */
  readonly port: number;
  readonly peers: readonly GroupPeer[];
}

export type MessageHandler = (message: Heartbeat, address: string, atMs?: number) => void;

/** The network between the monitors. Messages may be lost, late, doubled or out of order; none is from a stranger. */
export interface GroupNetwork {
  /** What is sent and understood from now on. */
  setUp(group: GroupSetUp): void;
  /**
   * Who is told of each genuine message, of the address it came from and of when it came, by this host's uptime (absent:
   * just now). They may be told together, at the latest by the next `tend`.
   */
  onMessage(handler: MessageHandler): void;
  /** Who is told of each roll that comes from a peer, at once. */
  onRoll(handler: (message: RollMessage) => void): void;
  /** Who is told of each genuine message to this host whose sender is not among the peers. */
  onGreeting(handler: (greeting: Greeting) => void): void;
  /** Who answers genuine questions; `answer` sends to where the question came from, once, or not at all. */
  onQuestion(handler: (question: RunsQuestion, answer: (said: RunsAnswer) => void) => void): void;
  /** Once a second: what has come is told, a changed secret and sockets that were lost are looked after. Never throws. */
  tend(): void;
  /** Sends them, or does not: nothing tells. `isNews`: whoever gets them reads them at once. Never throws. */
  send(datagrams: readonly Datagram[], isNews?: boolean): void;
  /** The same for rolls, to every address of the peers that they are for. */
  sendRolls(rolls: readonly RollMessage[]): void;
  /** Are messages told as they come, rather than together? While the monitors agree on a leader or a roll every second counts. */
  tellAtOnce(atOnce: boolean): void;
  /** How it fares. */
  state(): Transport;
  close(): void;
}

/** Where the monitor shows what it hears. Gone with a reboot. */
export interface HearingBoard {
  /** Replaces what was shown, whole or not at all. Rejects when it cannot be written. */
  publish(hearing: Hearing): Promise<void>;
}

/** What iterations and ha-cfg see of it. */
export interface HearingReader {
  /**
   * What the monitor has published last, whatever its age; null: nothing that can be understood. Never rejects.
   */
  read(): Promise<Hearing | null>;
}

/** What a monitor knows of its own host at every moment: files, no question to anybody. */
export interface GroupSelf {
  /** Changes with every boot; null when it cannot be read. */
  bootId(): Promise<string | null>;
  role(): Promise<Role>;
  /** `/var/run/xapi_init_complete.cookie` stands. */
  isStartComplete(): boolean;
  /**
   * VMs that have a domain here, and those of which xenopsd of this host has been told (adapters/xapi/README.md, "Where a
   * start is"). Never rejects.
   */
  knownVms(signal: AbortSignal): Promise<readonly VmUuid[] | "unknown">;
  /**
   * Asks the own xapi over the loopback address, without a session. `lost`: it is in emergency mode, and not just
   * starting. Ends with `signal`. Never rejects.
   */
  askXapi(signal: AbortSignal): Promise<"answers" | "lost" | "silent">;
  /**
   * Is the own xapi held (`LocalHost.holdXapi`), and does no process of it listen? Then it can take no start from anybody,
   * until it is started again, which takes longer than this question. Never rejects.
   */
  isXapiHeld(): Promise<boolean>;
  /** Is this host being shut down in good order, and does no domain run here any more? Ends with `signal`. Never rejects. */
  isEmptied(signal: AbortSignal): Promise<boolean>;
}

/** What is asked of the other hosts before a VM is started. */
export interface RunsRequest {
  readonly group: GroupSetUp & { readonly pool: PoolUuid };
  /** Of this host, now. */
  readonly bootId: string;
  /** Whom to ask, by all their addresses. */
  readonly hosts: readonly GroupPeer[];
  readonly vms: readonly VmUuid[];
}

/** Asks the monitors of other hosts what they run. */
export interface RunsAsker {
  /** Ends within a second; a host that has not answered everything by then is absent, which is no "no". Never rejects. */
  ask(request: RunsRequest, signal: AbortSignal): Promise<ReadonlyMap<HostUuid, HostRuns>>;
}
