import { AGAIN_MS, TRIES, viaInTry } from "../../adapters/group/runs-asker.ts";
import type { Greeting } from "../../core/group/greeting.ts";
import type { Datagram, Heartbeat, RunsAnswer, RunsQuestion } from "../../core/group/message.ts";
import type { RollMessage } from "../../core/group/roll-message.ts";
import type { Hearing, HostRuns } from "../../core/model/hearing.ts";
import { type HostUuid, poolUuid } from "../../core/model/ids.ts";
import type {
  GroupNetwork,
  GroupSetUp,
  HearingBoard,
  HearingReader,
  RunsAsker,
  RunsRequest,
} from "../../ports/group.ts";
import { sleep } from "../clock.ts";
import { atUptime, uptimeOf } from "../host-clock.ts";
import { POOL_UUID } from "../spec.ts";
import type { Messengers, World } from "../world.ts";

/** A switch and two kernels. */
const LATENCY_MS = 1;

/** What may befall datagrams besides links that are cut; probabilities per datagram. */
export interface Weather {
  readonly lost: number;
  readonly doubled: number;
  /** Held up by up to `delayMs`, so that later ones overtake it. */
  readonly late: number;
  readonly delayMs: number;
}

type Questioned = (question: RunsQuestion, answer: (said: RunsAnswer) => void) => void;

/** What a monitor has on its socket. */
interface Receiver {
  group: GroupSetUp | null;
  message(message: Heartbeat, address: string): void;
  roll(message: RollMessage): void;
  greeting(greeting: Greeting): void;
}

/**
 * The network between the monitors of a world. Messages travel as they are, without bytes and signatures: who could forge
 * one is no part of this world. Nothing of it is in the log, for it is a line for each pair of hosts and second.
 */
export class Datagrams implements Messengers {
  /** null: only cut links lose them. */
  weather: Weather | null = null;
  /** Told of all that a monitor publishes. */
  onPublished: ((host: number, hearing: Hearing) => void) | null = null;
  private readonly world: World;
  private readonly receivers = new Map<number, Receiver>();
  private readonly questioned = new Map<number, Questioned>();
  private nextId = 0;
  /** What each monitor has published last; what is of an earlier boot says so. */
  private readonly boards = new Map<number, Hearing>();
  /** Until when each host may act, in the time of the world. */
  private readonly mandates = new Map<number, number>();
  /** Who said last that it may act; its mandate may be over since. */
  private readonly leaders = new Set<number>();

  constructor(world: World) {
    this.world = world;
  }

  detach(host: number): void {
    this.receivers.delete(host);
    this.questioned.delete(host);
  }

  network(host: number): GroupNetwork {
    let outbox: Datagram[] = [];
    const receiver: Receiver = {
      group: null,
      message: () => undefined,
      roll: () => undefined,
      greeting: () => undefined,
    };
    this.receivers.set(host, receiver);
    return {
      setUp: (group) => {
        receiver.group = group;
      },
      onMessage: (handler) => {
        receiver.message = handler;
      },
      onRoll: (handler) => {
        receiver.roll = handler;
      },
      onGreeting: (handler) => {
        receiver.greeting = handler;
      },
      onQuestion: (handler) => {
        this.questioned.set(host, handler);
      },
      tend: () => undefined,
      send: (datagrams) => {
        if (datagrams.length === 0) return;
        if (outbox.length === 0) {
          const sent: Datagram[] = [];
          outbox = sent;
          this.world.clock.schedule(0, () => {
            if (outbox === sent) outbox = [];
            this.carryAll(host, sent);
          });
        }
        outbox.push(...datagrams);
      },
      sendRolls: (rolls) => {
        for (const message of rolls) this.sendRoll(host, receiver, message);
      },
      tellAtOnce: () => undefined,
      state: () => FINE,
      close: () => undefined,
    };
  }

  private sendRoll(from: number, { group }: Receiver, message: RollMessage): void {
    const peer = group?.peers.find(({ host }) => host === message.to);
    for (const address of peer?.addresses ?? [])
      this.carry(() => {
        const receiver = this.receiverAt(from, address);
        if (receiver?.group?.peers.some(({ host }) => host === message.from)) receiver.roll(message);
      });
  }

  board(host: number): HearingBoard {
    return {
      publish: (hearing) => {
        this.boards.set(host, hearing);
        this.noteMandate(host, hearing);
        this.onPublished?.(host, hearing);
        return DONE;
      },
    };
  }

  mandateUntilMs(host: number): number | null {
    return this.mandates.get(host) ?? null;
  }

  /** Two hosts that may act at the same instant are an event of the world. */
  private noteMandate(host: number, { group }: Hearing): void {
    // One that has ended early, or whose monitor has ended, is kept: what was begun under it may still be under way.
    if (group.mandateUntilMs === null) {
      this.leaders.delete(host);
      return;
    }
    const { world } = this;
    this.mandates.set(host, atUptime(world.host(host), group.mandateUntilMs));
    this.leaders.add(host);
    for (const other of this.leaders) {
      const isOver = (this.mandates.get(other) ?? 0) < world.nowMs();
      if (other !== host && !isOver) world.record("two-mandates", { host, with: other });
    }
  }

  reader(host: number): HearingReader {
    return { read: async () => this.boards.get(host) ?? null };
  }

  asker(host: number): RunsAsker {
    return { ask: (request, signal) => this.ask(host, request, signal) };
  }

  private async ask(
    from: number,
    { group, bootId, hosts, vms }: RunsRequest,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<HostUuid, HostRuns>> {
    const { clock } = this.world;
    const said = new Map<HostUuid, HostRuns>();
    const all = Promise.withResolvers<void>();
    if (hosts.length === 0) return said;
    const id = this.nextId++;
    for (let tries = 0; tries < TRIES && said.size < hosts.length && !signal.aborted; tries++) {
      const number = { bootId, ms: uptimeOf(this.world, this.world.host(from)) };
      // With the second try the others are asked to pass it on.
      const passing = viaInTry(
        hosts.filter(({ host }) => said.has(host)),
        tries,
      );
      for (const { host, addresses } of hosts.filter(({ host }) => !said.has(host))) {
        const question = { from: group.self, to: host, number, id, vms };
        const answered = ({ own, runs, number: at }: RunsAnswer) => {
          said.set(host, { own, runs, atMs: at.ms, bootId: at.bootId });
          if (said.size === hosts.length) all.resolve();
        };
        for (const address of addresses) this.carry(() => this.question(from, address, question, answered));
        for (const via of passing)
          for (const way of via.addresses)
            this.carry(() => this.passOn(from, way, addresses, question, answered));
      }
      await Promise.race([all.promise, sleep(clock, AGAIN_MS, signal)]);
    }
    return new Map(said);
  }

  private question(
    from: number,
    address: string,
    question: RunsQuestion,
    answered: (said: RunsAnswer) => void,
  ): void {
    const target = this.targetOf(from, address);
    if (target === null) return;
    this.questioned.get(target)?.(question, (said) => {
      if (this.targetOf(target, this.sourceOf(from, address)) !== null) this.carry(() => answered(said));
    });
  }

  /** A question that the host at `way` passes on, and the answer that it passes back. */
  private passOn(
    from: number,
    way: string,
    addresses: readonly string[],
    question: RunsQuestion,
    answered: (said: RunsAnswer) => void,
  ): void {
    const via = this.targetOf(from, way);
    if (via === null || !this.questioned.has(via)) return;
    const back = (said: RunsAnswer) => {
      if (this.targetOf(via, this.sourceOf(from, way)) !== null) this.carry(() => answered(said));
    };
    for (const address of addresses) this.carry(() => this.question(via, address, question, back));
  }

  /** Under way, whatever the weather does to it. */
  private carry(arrive: () => void): void {
    const { weather } = this;
    const { random, clock } = this.world;
    const held = () => random.next() * (weather?.delayMs ?? 0);
    if (weather !== null && random.next() < weather.lost) return;
    const isLate = weather !== null && random.next() < weather.late;
    clock.schedule(isLate ? held() : LATENCY_MS, arrive);
    if (weather !== null && random.next() < weather.doubled) clock.schedule(held(), arrive);
  }

  /** Those of one tick travel together where nothing befalls them: one event, and not one for each. */
  private carryAll(from: number, sent: readonly Datagram[]): void {
    const parts = this.weather === null ? [sent] : sent.map((one) => [one]);
    for (const part of parts)
      this.carry(() => {
        for (const one of part) this.deliver(from, one);
      });
  }

  private deliver(from: number, { address, message }: Datagram): void {
    const receiver = this.receiverAt(from, address);
    if (receiver === undefined || receiver.group === null) return;
    const { self, peers } = receiver.group;
    const source = this.sourceOf(from, address);
    if (peers.some(({ host }) => host === message.from)) receiver.message(message, source);
    else if (message.to === self) receiver.greeting({ from: message.from, pool: POOL, address: source });
  }

  private receiverAt(from: number, address: string): Receiver | undefined {
    const target = this.targetOf(from, address);
    return target === null ? undefined : this.receivers.get(target);
  }

  /** The sender's address in the network of the addressee's. */
  private sourceOf(from: number, to: string): string {
    const { address, secondAddress } = this.world.host(from);
    const isSecond = this.world.hostAt(to)?.secondAddress === to;
    return isSecond ? (secondAddress ?? address) : address;
  }

  /** Who gets what is sent to that address; a firewall that stops the probes of this program stops its datagrams, too. */
  private targetOf(from: number, address: string): number | null {
    const target = this.world.hostAt(address)?.number;
    if (target === undefined || !this.world.reachesAt(from, address)) return null;
    return this.world.letsProbe(from, target) ? target : null;
  }
}

/** Every host here is of it. */
const POOL = poolUuid(POOL_UUID);
const FINE = {
  refused: { malformed: 0, otherPool: 0, wrongTag: 0, unknownHost: 0 },
  trouble: null,
} as const;
const DONE = Promise.resolve();
