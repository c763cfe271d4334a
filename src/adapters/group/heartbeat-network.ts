import type { Greeting } from "../../core/group/greeting.ts";
import { MOST_HOSTS, MOST_WAYS } from "../../core/group/limits.ts";
import type { Datagram, RunsAnswer, RunsQuestion } from "../../core/group/message.ts";
import type { Transport } from "../../core/group/publish.ts";
import type { RollMessage } from "../../core/group/roll-message.ts";
import type { Refused } from "../../core/model/hearing.ts";
import type { PoolUuid } from "../../core/model/ids.ts";
import type { Clock } from "../../ports/clock.ts";
import type { GroupNetwork, GroupSetUp, MessageHandler } from "../../ports/group.ts";
import { type Between, type CodecContext, looksLikeHeartbeat, openDatagram } from "./envelope.ts";
import { readHeartbeat } from "./heartbeat-codec.ts";
import { HeartbeatWriter } from "./heartbeat-writer.ts";
import { LastHeartbeats } from "./last-heartbeats.ts";
import { PoolKeys } from "./pool-keys.ts";
import { Relay, type Sender } from "./relay.ts";
import { encodeRoll, readRollMessage } from "./roll-codec.ts";
import { encodeAnswer, readQuestion } from "./runs-codec.ts";
import { type Addressed, type Family, familyOf, UdpSocket } from "./udp-socket.ts";

export interface HeartbeatNetworkOptions {
  readonly clock: Clock;
  /** The file of the pool secret. */
  readonly secretPath: string;
  /** Of this host, where several share a machine; absent: all that it has. */
  readonly address?: string;
  /** Frees the port (release-port.ts). */
  readonly release: () => Promise<void>;
}

/**
 * The monitors' messages over UDP, signed with the pool's secret. There is no socket without a secret, and in a
 * pool of one, of which nothing leaves its host. IPv6 is used when a host has such an address.
 */
export class HeartbeatNetwork implements GroupNetwork {
  private readonly options: HeartbeatNetworkOptions;
  private readonly keys: PoolKeys;
  private readonly sockets = new Map<Family, UdpSocket>();
  private readonly writer = new HeartbeatWriter();
  private readonly last = new LastHeartbeats();
  private readonly relay = new Relay();
  private group: GroupSetUp | null = null;
  /** Of that group. */
  private context: CodecContext | null = null;
  private handler: MessageHandler = () => undefined;
  private greetings: (greeting: Greeting) => void = () => undefined;
  private questions: QuestionHandler = () => undefined;
  private rolls: (message: RollMessage) => void = () => undefined;
  private atOnce = false;
  private waiting: Arrival[] = [];
  private refused: Refused = { malformed: 0, otherPool: 0, wrongTag: 0, unknownHost: 0 };
  /** Something in a message had no place in a datagram. */
  private unwritable = false;

  constructor(options: HeartbeatNetworkOptions) {
    this.options = options;
    this.keys = new PoolKeys(options.secretPath);
  }

  setUp(group: GroupSetUp): void {
    // Another port is another socket.
    if (this.group !== null && this.group.port !== group.port) this.closeSockets();
    this.group = group;
    this.context = { pool: group.pool, self: group.self, hosts: group.peers.map(({ host }) => host) };
    this.last.forget();
  }

  onMessage(handler: MessageHandler): void {
    this.handler = handler;
  }

  onRoll(handler: (message: RollMessage) => void): void {
    this.rolls = handler;
  }

  tellAtOnce(atOnce: boolean): void {
    this.atOnce = atOnce;
  }

  onGreeting(handler: (greeting: Greeting) => void): void {
    this.greetings = handler;
  }

  onQuestion(handler: QuestionHandler): void {
    this.questions = handler;
  }

  tend(): void {
    this.takeWaiting();
    this.keys.refresh(this.options.clock.uptimeMs());
    const { group } = this;
    if (group === null || this.keys.current() === null) return;
    // Who has no list does not know by which family it will be greeted.
    const known = group.peers.flatMap(({ addresses }) => addresses.map(familyOf));
    const wanted = new Set(group.pool === null ? EVERY_FAMILY : known);
    for (const family of wanted) void this.socketOf(family, group.port).tend();
    for (const [family, socket] of this.sockets) {
      if (wanted.has(family)) continue;
      socket.close();
      this.sockets.delete(family);
    }
  }

  send(datagrams: readonly Datagram[], isNews = false): void {
    const { pool, key } = this.signing();
    if (pool === null || key === null) return;
    const sendable = datagrams.flatMap(({ address, message }) => {
      const bytes = this.writer.bytesOf(message, pool, key, isNews ? "news" : "heartbeat");
      return bytes === null ? [] : [{ address, bytes }];
    });
    this.unwritable = sendable.length < datagrams.length;
    this.sendAll(sendable);
  }

  sendRolls(rolls: readonly RollMessage[]): void {
    const { pool, key } = this.signing();
    if (pool === null || key === null) return;
    for (const message of rolls) {
      const bytes = encodeRoll(message, pool, key);
      const peer = this.group?.peers.find(({ host }) => host === message.to);
      if (bytes !== null) this.sendAll((peer?.addresses ?? []).map((address) => ({ address, bytes })));
    }
  }

  private signing(): { readonly pool: PoolUuid | null; readonly key: Buffer | null } {
    return { pool: this.group?.pool ?? null, key: this.keys.toSign() };
  }

  private sendAll(all: readonly Addressed[]): void {
    const { group } = this;
    if (group === null) return;
    for (const [family, socket] of this.sockets)
      socket.sendAll(
        all.filter(({ address }) => familyOf(address) === family),
        group.port,
      );
  }

  state(): Transport {
    return { refused: this.refused, trouble: this.trouble() };
  }

  close(): void {
    this.closeSockets();
  }

  private trouble(): string | null {
    if (this.group === null || this.group.peers.length === 0) return null;
    const keyless = this.keys.trouble();
    if (keyless !== null) return keyless;
    if (this.unwritable) return "an id of this host, or of its boot, is no uuid";
    for (const [family, socket] of this.sockets) {
      const why = socket.trouble();
      if (why !== null) return `cannot use UDP port ${this.group.port} (${NAMES[family]}): ${why}`;
    }
    return null;
  }

  private socketOf(family: Family, port: number): UdpSocket {
    const known = this.sockets.get(family);
    if (known !== undefined) return known;
    const { clock, release, address } = this.options;
    const receive = (bytes: Buffer, from: string, port: number) =>
      this.receive({ bytes, from: { address: from, port }, atMs: clock.uptimeMs() });
    const socket = new UdpSocket({
      family,
      port,
      clock,
      release,
      receive,
      ...(address === undefined ? {} : { address }),
    });
    this.sockets.set(family, socket);
    return socket;
  }

  private closeSockets(): void {
    for (const socket of this.sockets.values()) socket.close();
    this.sockets.clear();
  }

  /**
   * A heartbeat waits for the next tick, before which nobody asks for it: all of one second together cost a fifth of what
   * they cost one by one, each with all of the program to be fetched into the processor. All else is told at once, after
   * what came before it.
   */
  private receive(arrival: Arrival): void {
    this.waiting.push(arrival);
    const mayWait = !this.atOnce && looksLikeHeartbeat(arrival.bytes);
    if (!mayWait || this.waiting.length >= MOST_WAITING) this.takeWaiting();
  }

  /** Whoever sends it, whatever it is: one bad datagram costs nothing but its own place. */
  private takeWaiting(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const arrival of waiting) {
      const why = this.take(arrival);
      if (why !== null) this.refused = { ...this.refused, [why]: this.refused[why] + 1 };
    }
  }

  /** Why it is refused; null when it was taken. */
  private take({ bytes, from, atMs }: Arrival): keyof Refused | null {
    const { context } = this;
    if (context === null) return null;
    const keys = this.keys.valid();
    const again = this.last.find(bytes, keys);
    if (again !== null) {
      this.handler(again, from.address, atMs);
      return null;
    }
    const opened = openDatagram(bytes, context, keys);
    if (!opened.ok) {
      const { why, greeter, between } = opened;
      if (between !== undefined) return this.passOn(between, bytes, from);
      if (greeter === undefined) return why;
      this.greetings({ ...greeter, address: from.address });
      // One that has no list has nobody to refuse.
      return context.pool === null ? null : why;
    }
    const { kind, head, content, key } = opened;
    const heartbeat = kind === "heartbeat" || kind === "news" ? readHeartbeat(head, content, context) : null;
    if (heartbeat !== null) this.last.keep({ bytes, key, heartbeat });
    if (heartbeat !== null) this.handler(heartbeat, from.address, atMs);
    const question = kind === "question" ? readQuestion(head, content) : null;
    if (question !== null) this.questions(question, (said) => this.answer(said, key, from));
    const roll = kind === "roll" ? readRollMessage(head, content) : null;
    if (roll !== null) this.rolls(roll);
    return heartbeat === null && question === null && roll === null ? "malformed" : null;
  }

  private passOn(between: Between, bytes: Buffer, from: Sender): null {
    const { peers, port } = this.group ?? { peers: [], port: 0 };
    const next = this.relay.next(between, { peers, port, from, nowMs: this.options.clock.uptimeMs() });
    for (const { address, port: to } of next) this.sockets.get(familyOf(address))?.send(bytes, to, address);
    return null;
  }

  /**
   * To where the question came from, which need not be the port of the monitors; with the key that it was signed with,
   * which may be the only one that its sender knows.
   */
  private answer(said: RunsAnswer, key: Buffer, { address, port }: Sender): void {
    const pool = this.group?.pool ?? null;
    const bytes = pool === null ? null : encodeAnswer(said, pool, key);
    if (bytes !== null) this.sockets.get(familyOf(address))?.send(bytes, port, address);
  }
}

const EVERY_FAMILY: readonly Family[] = ["ipv4", "ipv6"];

type QuestionHandler = (question: RunsQuestion, answer: (said: RunsAnswer) => void) => void;

interface Arrival {
  readonly bytes: Buffer;
  readonly from: Sender;
  /** By this host's uptime. */
  readonly atMs: number;
}

/** A heartbeat a second from every address of every host. More is a flood, and is not kept. */
const MOST_WAITING = MOST_HOSTS * MOST_WAYS;

const NAMES: Readonly<Record<Family, string>> = { ipv4: "IPv4", ipv6: "IPv6" };
