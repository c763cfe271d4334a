import {
  type GroupState,
  newGroup,
  takeHeartbeat,
  takeRollMessage,
  tickGroup,
  wantsTick,
} from "../../../src/core/group/group.ts";
import { newHearing, stepHearing } from "../../../src/core/group/hearing.ts";
import { mandateUntil } from "../../../src/core/group/mandate.ts";
import type { Heartbeat } from "../../../src/core/group/message.ts";
import { isMajority } from "../../../src/core/group/roll.ts";
import type { RollMessage } from "../../../src/core/group/roll-message.ts";
import type { Stored } from "../../../src/core/group/stored.ts";
import { NO_TERM } from "../../../src/core/group/term.ts";
import { GROUP_TIMINGS } from "../../../src/core/group/timings.ts";
import { newVoting } from "../../../src/core/group/voting.ts";
import { hostUuid } from "../../../src/core/model/ids.ts";
import type { Random } from "../../../src/simulation/random.ts";
import { OWN } from "../../unit/core/group/group.ts";
import { rollOf } from "./votes.ts";

/** A history: so long links and monitors fail, and then whatever links there are stand still. Milliseconds. */
const QUIET_MS = 60_000;
const END_MS = 130_000;
const STEP_MS = 50;
const TICK_MS = 1_000;
/** Clocks differ in rate by less than this. */
const DRIFT = 0.01;

type Sent =
  | { readonly kind: "heartbeat"; readonly heartbeat: Heartbeat }
  | { readonly kind: "roll"; readonly message: RollMessage };

interface Host {
  readonly name: string;
  readonly rate: number;
  readonly offsetMs: number;
  stored: Stored;
  /** null: its monitor does not run. */
  group: GroupState | null;
  nextTickMs: number;
  /** It does nothing until then: stopped by its hypervisor, or by a disk. */
  asleepUntilMs: number;
  startsAtMs: number;
  box: Sent[];
}

export interface TimedHistory {
  /** At some moment two hosts had a mandate. */
  readonly twice: boolean;
  /** Some host can exchange messages with a majority when the links stand still, itself among it. */
  readonly canLead: boolean;
  /** The last moment without a mandate after the links stood still, in ms after that; null: always one. */
  readonly leaderlessMs: number | null;
}

/** What links there are after the last fault: all, most directions, or most links in both directions. */
export type Links = "all" | "one-way" | "some";

/** One history on virtual time, with the monitors' own functions. */
export function playTimed(names: readonly string[], links: Links, random: Random): TimedHistory {
  const world = new TimedWorld(names, random);
  let twice = false;
  let leaderlessMs: number | null = null;
  let canLead = false;
  for (let nowMs = 0; nowMs < END_MS; nowMs += STEP_MS) {
    if (nowMs < QUIET_MS) world.disturb(nowMs);
    if (nowMs === QUIET_MS) canLead = world.calm(nowMs, links);
    world.step(nowMs);
    const leaders = world.leaders(nowMs);
    twice ||= leaders > 1;
    if (nowMs >= QUIET_MS && leaders === 0) leaderlessMs = nowMs - QUIET_MS;
  }
  return { twice, canLead, leaderlessMs };
}

class TimedWorld {
  private readonly names: readonly string[];
  private readonly random: Random;
  private readonly hosts: readonly Host[];
  private readonly cut = new Set<string>();
  private flights: { readonly atMs: number; readonly to: string; readonly sent: Sent }[] = [];
  private loss = 0.05;
  private slowest = 4_000;

  constructor(names: readonly string[], random: Random) {
    this.names = names;
    this.random = random;
    const stored = { term: NO_TERM, roll: rollOf(names), before: null };
    this.hosts = names.map((name) => ({
      name,
      rate: 1 + (random.next() * 2 - 1) * DRIFT,
      offsetMs: random.next() * 1e8,
      stored,
      group: null,
      nextTickMs: random.next() * TICK_MS,
      asleepUntilMs: 0,
      startsAtMs: 0,
      box: [],
    }));
  }

  disturb(nowMs: number): void {
    const { random, names } = this;
    if (random.next() < 0.01) {
      const link = `${random.pick(names)}${random.pick(names)}`;
      if (random.next() < 0.5) this.cut.add(link);
      else this.cut.delete(link);
    }
    if (random.next() < 0.002) this.cut.clear();
    if (random.next() < 0.002) this.part();
    for (const host of this.hosts) {
      if (host.group !== null && random.next() < 0.001) {
        host.group = null;
        host.startsAtMs = nowMs + 500 + random.next() * 7_500;
      }
      if (random.next() < 0.0015) host.asleepUntilMs = nowMs + 500 + random.next() * 8_500;
    }
  }

  /** Everything runs again, and the links are what they are. Can a host lead? */
  calm(nowMs: number, links: Links): boolean {
    this.loss = 0;
    this.slowest = 50;
    for (const host of this.hosts) {
      host.asleepUntilMs = 0;
      host.startsAtMs = Math.min(host.startsAtMs, nowMs);
    }
    this.cut.clear();
    for (const a of this.names)
      for (const b of this.names) {
        if (links === "one-way" && this.random.next() < 0.3) this.cut.add(`${a}${b}`);
        if (links === "some" && a < b && this.random.next() < 0.4) this.cut.add(`${a}${b}`).add(`${b}${a}`);
      }
    const isOpen = (a: string, b: string) => !this.cut.has(`${a}${b}`) && !this.cut.has(`${b}${a}`);
    return this.hosts.some(
      ({ name, stored }) =>
        stored.roll !== null &&
        isMajority(stored.roll, (host) => host === name || isOpen(name, host), {
          self: hostUuid(name),
          held: new Set(),
        }),
    );
  }

  step(nowMs: number): void {
    for (const flight of this.flights) if (flight.atMs <= nowMs) this.host(flight.to)?.box.push(flight.sent);
    this.flights = this.flights.filter(({ atMs }) => atMs > nowMs);
    for (const host of this.hosts) {
      if (host.group === null) {
        host.box = [];
        if (nowMs >= host.startsAtMs) host.group = this.begin(host, nowMs);
      }
      if (nowMs >= host.asleepUntilMs) this.wake(host, nowMs);
    }
  }

  leaders(nowMs: number): number {
    return this.hosts.filter(
      (host) =>
        host.group !== null && mandateUntil(host.group.voting, uptime(host, nowMs), GROUP_TIMINGS) !== null,
    ).length;
  }

  private wake(host: Host, nowMs: number): void {
    const box = host.box;
    host.box = [];
    for (const sent of box) this.take(host, sent, nowMs);
    if (nowMs < host.nextTickMs) return;
    host.nextTickMs = Math.max(host.nextTickMs + TICK_MS, nowMs);
    this.tick(host, nowMs);
  }

  private take(host: Host, sent: Sent, nowMs: number): void {
    const before = host.group;
    if (before === null) return;
    const ms = uptime(host, nowMs);
    const after =
      sent.kind === "roll"
        ? takeRollMessage(before, sent.message, ms, GROUP_TIMINGS)
        : takeHeartbeat(before, { nowMs: ms, heartbeat: sent.heartbeat, address: "x" }, GROUP_TIMINGS);
    this.keep(host, after);
    if (wantsTick(before.voting, after.voting)) this.tick(host, nowMs);
  }

  private tick(host: Host, nowMs: number): void {
    if (host.group === null) return;
    const tick = { nowMs: uptime(host, nowMs), own: OWN, successor: null, agreed: [] };
    const { state, heartbeats, rolls } = tickGroup(host.group, tick, GROUP_TIMINGS);
    this.keep(host, state);
    for (const { message } of heartbeats)
      this.send(host.name, message.to, { kind: "heartbeat", heartbeat: message }, nowMs);
    for (const message of rolls) this.send(host.name, message.to, { kind: "roll", message }, nowMs);
  }

  private keep(host: Host, group: GroupState): void {
    host.group = group;
    host.stored = group.voting.stored;
  }

  private send(from: string, to: string, sent: Sent, nowMs: number): void {
    const { random } = this;
    if (this.cut.has(`${from}${to}`) || random.next() < this.loss) return;
    const delayMs = random.next() < 0.95 ? random.next() * 50 : random.next() * this.slowest;
    this.flights.push({ atMs: nowMs + delayMs, to, sent });
  }

  private begin(host: Host, nowMs: number): GroupState {
    const self = hostUuid(host.name);
    const ms = uptime(host, nowMs);
    const peers = this.names
      .filter((name) => name !== host.name)
      .map((name) => ({ host: hostUuid(name), addresses: [name] }));
    const event = { kind: "peers", nowMs: ms, peers } as const;
    const { state: hearing } = stepHearing(newHearing(self, "boot"), event);
    return newGroup(hearing, newVoting(self, host.stored, ms));
  }

  private part(): void {
    const left = new Set(this.names.filter(() => this.random.next() < 0.5));
    this.cut.clear();
    for (const a of this.names)
      for (const b of this.names) if (left.has(a) !== left.has(b)) this.cut.add(`${a}${b}`);
  }

  private host(name: string): Host | undefined {
    return this.hosts.find((one) => one.name === name);
  }
}

const uptime = ({ offsetMs, rate }: Host, nowMs: number): number => offsetMs + nowMs * rate;
