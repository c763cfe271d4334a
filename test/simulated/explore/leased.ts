import { ownAckMs } from "../../../src/core/group/acks.ts";
import {
  type GroupState,
  newGroup,
  speak,
  takeHeartbeat,
  takeRollMessage,
  tickLeases,
  voteWords,
  wantsTick,
} from "../../../src/core/group/group.ts";
import { newHearing, stepHearing } from "../../../src/core/group/hearing.ts";
import { stepToldOff, type ToldOff, withKnownOff } from "../../../src/core/group/known-off.ts";
import { type Leading, NOT_LEADING, tickAndLead } from "../../../src/core/group/lead.ts";
import { leadOf } from "../../../src/core/group/leader-heard.ts";
import { mandateUntil } from "../../../src/core/group/mandate.ts";
import type { Heartbeat } from "../../../src/core/group/message.ts";
import {
  type LeaseStep,
  NO_OWN_LEASE,
  type OwnLease,
  sayLease,
  stepOwnLease,
} from "../../../src/core/group/own-lease.ts";
import type { RollMessage } from "../../../src/core/group/roll-message.ts";
import type { Stored } from "../../../src/core/group/stored.ts";
import { NO_TERM } from "../../../src/core/group/term.ts";
import { GROUP_TIMINGS } from "../../../src/core/group/timings.ts";
import { newVoting } from "../../../src/core/group/voting.ts";
import { hostUuid } from "../../../src/core/model/ids.ts";
import type { Random } from "../../../src/simulation/random.ts";
import { OWN } from "../../unit/core/group/group.ts";
import { rollOf } from "./votes.ts";

/* Random histories of leases: late datagrams, monitors that are killed, stalled and slow, wishes that change, clocks that differ. */

const STEP_MS = 50;
const TICK_MS = 1_000;
const DRIFT = 0.0099;
const BOOT_MS = 8_000;
const NO_WORDS = { disarmWords: [], armWords: [] };

type Sent =
  | { readonly kind: "heartbeat"; readonly heartbeat: Heartbeat }
  | { readonly kind: "roll"; readonly message: RollMessage };

interface Slot {
  readonly id: string;
  /** Uptime at which it was really armed. */
  readonly armedMs: number;
  readonly timeoutMs: number;
}

interface Host {
  readonly name: string;
  readonly rate: number;
  boot: number;
  bootedAtMs: number;
  /** Its power is on. */
  isOn: boolean;
  onAtMs: number;
  stored: Stored;
  group: GroupState | null;
  nextTickMs: number;
  asleepUntilMs: number;
  startsAtMs: number;
  box: Sent[];
  slots: Slot[];
  known: { id: string; armedMs: number; timeoutMs: number }[] | null;
  lease: OwnLease;
  wishMs: number | null;
  orders: { readonly atMs: number; readonly step: LeaseStep } | null;
  leading: Leading;
  told: ToldOff;
  count: number;
}

export interface LeasedOptions {
  readonly leaseMs: number;
  readonly endMs: number;
  /** Chance in each second. */
  readonly kill: number;
  readonly stall: number;
  readonly wish: number;
  readonly cut: number;
  readonly late: number;
  readonly loss: number;
  /** Nothing is said while slots are being disarmed on which nobody counts. */
  /** It is wrong, too, when a settled roll shows a lease that its host has ended. */
  readonly bare: boolean;
}

export interface LeasedHistory {
  /** A host counted as off and lived, in words. */
  readonly wrong: string | null;
  readonly resets: number;
  readonly overs: number;
}

export function playLeased(names: readonly string[], options: LeasedOptions, random: Random): LeasedHistory {
  const world = new LeasedWorld(names, options, random);
  for (let nowMs = 0; nowMs < options.endMs; nowMs += STEP_MS) {
    world.step(nowMs);
    const wrong = world.wrong(nowMs) ?? (options.bare ? world.bare(nowMs) : null);
    if (wrong !== null) return { wrong, resets: world.resets, overs: world.overs.size };
  }
  return { wrong: null, resets: world.resets, overs: world.overs.size };
}

class LeasedWorld {
  resets = 0;
  readonly overs = new Set<string>();
  readonly log: string[] = [];
  private readonly names: readonly string[];
  private readonly options: LeasedOptions;
  private readonly random: Random;
  private readonly hosts: readonly Host[];
  private readonly cuts = new Set<string>();
  private flights: { readonly atMs: number; readonly to: string; readonly sent: Sent }[] = [];

  constructor(names: readonly string[], options: LeasedOptions, random: Random) {
    this.names = names;
    this.options = options;
    this.random = random;
    this.hosts = names.map((name) => ({
      name,
      rate: 1 + (random.next() * 2 - 1) * DRIFT,
      ...{ boot: 1, bootedAtMs: -random.next() * 1e8, isOn: true, onAtMs: 0 },
      stored: { term: NO_TERM, roll: rollOf(names), before: null },
      ...{ group: null, nextTickMs: random.next() * TICK_MS, asleepUntilMs: 0, startsAtMs: 0, box: [] },
      ...{ slots: [], known: null, lease: NO_OWN_LEASE, wishMs: options.leaseMs, orders: null },
      ...{ leading: NOT_LEADING, told: new Map(), count: 0 },
    }));
  }

  step(nowMs: number): void {
    this.disturb(nowMs);
    for (const flight of this.flights) if (flight.atMs <= nowMs) this.host(flight.to)?.box.push(flight.sent);
    this.flights = this.flights.filter(({ atMs }) => atMs > nowMs);
    for (const host of this.hosts) this.live(host, nowMs);
  }

  /** A settled roll of a leader shows a lease of a host that has ended it. */
  bare(nowMs: number): string | null {
    for (const leader of this.hosts) {
      if (leader.group === null || nowMs < leader.asleepUntilMs) continue;
      const { voting } = leader.group;
      if (
        mandateUntil(voting, uptime(leader, nowMs), GROUP_TIMINGS) === null ||
        voting.stored.before !== null
      )
        continue;
      for (const { host, bootId, leaseMs } of voting.stored.roll?.hosts ?? []) {
        const other = this.host(host);
        if (other === undefined || leaseMs === null || !other.isOn || bootOf(other) !== bootId) continue;
        const { saidMs, withdrawnMs } = other.lease;
        if (
          other.group !== null &&
          other.slots.length === 0 &&
          saidMs === null &&
          withdrawnMs === null &&
          other.known !== null
        )
          return `at ${nowMs} the settled roll of ${leader.name} shows a lease of ${host}, which has ended it\n${this.log.slice(-40).join("\n")}`;
      }
    }
    return null;
  }

  /** A leader counts a boot as off that is not. */
  wrong(nowMs: number): string | null {
    for (const leader of this.hosts) {
      if (leader.group === null || nowMs < leader.asleepUntilMs) continue;
      if (mandateUntil(leader.group.voting, uptime(leader, nowMs), GROUP_TIMINGS) === null) continue;
      for (const { host, bootId, isBack } of leader.group.leases.over) {
        this.overs.add(`${host}${bootId}`);
        const other = this.host(host);
        if (other?.isOn && bootOf(other) === bootId && !isBack) {
          return `at ${nowMs} ${leader.name} counts ${host} (${bootId}) as off: slots ${JSON.stringify(other.slots.map((s) => Math.round(s.armedMs + s.timeoutMs - uptime(other, nowMs))))} lease ${JSON.stringify(other.lease)}\n${this.log.slice(-60).join("\n")}`;
        }
      }
    }
    return null;
  }

  private disturb(nowMs: number): void {
    const { random, names, options } = this;
    const in50ms = (inSecond: number) => random.next() < (inSecond * STEP_MS) / 1_000;
    if (in50ms(options.cut)) {
      const [a, b] = [random.pick(names), random.pick(names)];
      const both = random.next() < 0.5;
      this.cuts.add(`${a}${b}`);
      if (both) this.cuts.add(`${b}${a}`);
      this.note(nowMs, `cut ${a}${b} ${both ? "both" : ""}`);
    }
    if (in50ms(options.cut / 2)) this.cuts.clear();
    if (in50ms(options.cut / 3)) {
      const alone = random.pick(names);
      for (const other of names)
        if (other !== alone) this.cuts.add(`${alone}${other}`).add(`${other}${alone}`);
      this.note(nowMs, `isolate ${alone}`);
    }
    for (const host of this.hosts) {
      if (!host.isOn) continue;
      if (host.group !== null && in50ms(options.kill)) {
        host.group = null;
        host.orders = null;
        host.startsAtMs = nowMs + 300 + random.next() * 5_000;
        this.note(nowMs, `kill ${host.name}`);
      }
      if (in50ms(options.stall)) {
        host.asleepUntilMs = nowMs + random.next() * (random.next() < 0.3 ? 25_000 : 4_000);
        this.note(nowMs, `stall ${host.name} until ${Math.round(host.asleepUntilMs)}`);
      }
      if (in50ms(options.wish)) {
        host.wishMs = host.wishMs === null ? options.leaseMs : null;
        this.note(nowMs, `wish ${host.name} ${host.wishMs}`);
      }
    }
  }

  private live(host: Host, nowMs: number): void {
    if (!host.isOn) {
      host.box = [];
      if (nowMs >= host.onAtMs) {
        Object.assign(host, {
          isOn: true,
          boot: host.boot + 1,
          bootedAtMs: nowMs,
          startsAtMs: nowMs + 1_000,
        });
      } else return;
    }
    const ms = uptime(host, nowMs);
    if (host.slots.some(({ armedMs, timeoutMs }) => ms >= armedMs + timeoutMs)) {
      this.note(nowMs, `fires ${host.name}`);
      this.resets += 1;
      Object.assign(host, {
        isOn: false,
        onAtMs: nowMs + BOOT_MS,
        slots: [],
        known: null,
        group: null,
        orders: null,
      });
      host.lease = NO_OWN_LEASE;
      return;
    }
    if (nowMs < host.asleepUntilMs) return;
    if (host.group === null) {
      host.box = [];
      if (nowMs < host.startsAtMs) return;
      Object.assign(host, { known: null, lease: NO_OWN_LEASE, leading: NOT_LEADING, told: new Map() });
      host.group = this.begin(host, nowMs);
      host.nextTickMs = nowMs;
    }
    this.obey(host, nowMs);
    const isTickFirst = nowMs >= host.nextTickMs && this.random.next() < 0.3;
    if (isTickFirst) this.tickOn(host, nowMs);
    const { box } = host;
    host.box = [];
    for (const sent of box) this.take(host, sent, nowMs);
    if (nowMs >= host.nextTickMs) this.tickOn(host, nowMs);
  }

  private tickOn(host: Host, nowMs: number): void {
    host.nextTickMs = Math.max(host.nextTickMs + TICK_MS, nowMs + TICK_MS / 2);
    this.tick(host, nowMs);
  }

  private obey(host: Host, nowMs: number): void {
    const { orders } = host;
    if (orders === null || nowMs < orders.atMs) return;
    host.orders = null;
    const ids = new Set(orders.step.disarm.map(({ id }) => id));
    if (ids.size > 0)
      this.note(nowMs, `${host.name} disarms ${[...ids].join()} of ${host.slots.map(({ id }) => id).join()}`);
    host.slots = host.slots.filter(({ id }) => !ids.has(id));
    host.known = (host.known ?? []).filter(({ id }) => !ids.has(id));
    const { armMs } = orders.step;
    if (armMs !== null && host.slots.length < 2) {
      host.count += 1;
      const armedMs = uptime(host, nowMs);
      const slot = { id: `${host.name}${host.count}`, armedMs, timeoutMs: armMs };
      host.slots.push(slot);
      host.known.push({ ...slot, armedMs: armedMs + 1 });
    }
    if (ids.size > 0 || armMs !== null) this.tick(host, nowMs);
  }

  private take(host: Host, sent: Sent, nowMs: number): void {
    const before = host.group;
    if (before === null) return;
    const ms = uptime(host, nowMs);
    host.group =
      sent.kind === "roll"
        ? takeRollMessage(before, sent.message, ms, GROUP_TIMINGS)
        : takeHeartbeat(before, { nowMs: ms, heartbeat: sent.heartbeat, address: "x" }, GROUP_TIMINGS);
    host.stored = host.group.voting.stored;
    if (wantsTick(before.voting, host.group.voting)) this.tick(host, nowMs);
  }

  private tick(host: Host, nowMs: number): void {
    if (host.group === null) return;
    const ms = uptime(host, nowMs);
    if (host.known === null) {
      host.known = host.slots.map((slot) => ({ ...slot, armedMs: ms, isFound: true as const }));
      if (host.known.length > 0) host.lease = sayLease(host.known.at(-1)?.timeoutMs ?? 0);
    }
    const last = tickLeases(host.group, ms, GROUP_TIMINGS);
    const proved = last.leases.over.filter(({ isBack }) => !isBack).map((one) => one.host);
    host.told = stepToldOff(host.told, proved, last, { nowMs: ms, greeters: new Map(), confirmed: [] });
    const entered = withKnownOff(last, host.told, ms);
    const leaseMs = this.ownLease(host, entered, ms, nowMs);
    const self = hostUuid(host.name);
    const own = { ...OWN, role: host.name === "a" ? ("master" as const) : ("slave" as const) };
    const moment = {
      ...{ nowMs: ms, own, successor: null, agreed: [], isFencing: false, without: [], maintenance: [] },
      ...{ greeters: new Set<typeof self>(), leaseMs, tieTag: null, knowsPool: true, ...NO_WORDS },
    };
    const led = tickAndLead(entered, host.leading, moment, GROUP_TIMINGS);
    host.leading = led.leading;
    const { roll } = led.state.voting.stored;
    const shown = roll?.hosts.map((one) => `${one.host}:${one.leaseMs}`);
    if (roll !== host.stored.roll) this.note(nowMs, `${host.name} makes roll ${shown?.join(" ")}`);
    host.stored = led.state.voting.stored;
    const spoken = speak(led.state, moment, voteWords(led.state.voting, leaseMs, ms, GROUP_TIMINGS));
    host.group = spoken.state;
    for (const { message } of spoken.heartbeats)
      this.send(host.name, message.to, { kind: "heartbeat", heartbeat: message }, nowMs);
    for (const message of spoken.rolls) this.send(host.name, message.to, { kind: "roll", message }, nowMs);
  }

  private ownLease(host: Host, state: GroupState, ms: number, nowMs: number): number | null {
    const { hearing, voting, leases } = state;
    const { host: leader } = voting.stored.term;
    const acks = leader === null ? undefined : hearing.peers.get(leader)?.acks;
    const answers = { bootId: hearing.bootId, ms };
    const leaderAckedMs = acks === undefined ? null : ownAckMs(hearing, { answers, acks }, ms);
    const { kind } = leadOf(voting, ms, GROUP_TIMINGS);
    const isWished = host.lease.saidMs !== null || kind === "leads" || kind === "hears";
    const sight = {
      ...{
        nowMs: ms,
        bootId: hearing.bootId,
        wishMs: isWished ? host.wishMs : null,
        slots: host.known ?? [],
      },
      ...{ ackedMs: leases.ownAckedMs, leaderAckedMs, isEmptied: false },
    };
    const was = host.lease;
    const isNone = was.saidMs === null && was.withdrawnMs === null;
    // As app/daemons/lease-keeper.ts does.
    if (isNone && host.orders !== null) return null;
    const step = stepOwnLease(host.lease, voting, sight, GROUP_TIMINGS);
    host.lease = step.lease;
    if (was.saidMs !== step.lease.saidMs || was.withdrawnMs !== step.lease.withdrawnMs)
      this.note(nowMs, `${host.name} says ${step.lease.saidMs} withdrawn ${step.lease.withdrawnMs}`);
    if (host.orders === null && (step.armMs !== null || step.disarm.length > 0)) {
      const slowMs = this.random.next() < 0.9 ? 50 : this.random.next() * 3_000;
      host.orders = { atMs: nowMs + slowMs, step };
      if (step.disarm.length > 0)
        this.note(nowMs, `${host.name} is told to disarm ${step.disarm.map(({ id }) => id).join()}`);
    }
    return step.lease.saidMs;
  }

  private send(from: string, to: string, sent: Sent, nowMs: number): void {
    const { random, options } = this;
    if (this.cuts.has(`${from}${to}`) || random.next() < options.loss) return;
    const delayMs = random.next() < options.late ? random.next() * 5_000 : random.next() * 50;
    this.flights.push({ atMs: nowMs + delayMs, to, sent });
  }

  private begin(host: Host, nowMs: number): GroupState {
    const self = hostUuid(host.name);
    const ms = uptime(host, nowMs);
    const peers = this.names
      .filter((name) => name !== host.name)
      .map((name) => ({ host: hostUuid(name), addresses: [name] }));
    const { state: hearing } = stepHearing(newHearing(self, bootOf(host)), {
      kind: "peers",
      nowMs: ms,
      peers,
    });
    return newGroup(hearing, newVoting(self, host.stored, ms));
  }

  private note(nowMs: number, text: string): void {
    this.log.push(`  ${(nowMs / 1_000).toFixed(2)} ${text}`);
  }

  private host(name: string): Host | undefined {
    return this.hosts.find((one) => one.name === name);
  }
}

const bootOf = ({ name, boot }: Host): string => `boot-${name}-${boot}`;
const uptime = ({ bootedAtMs, rate }: Host, nowMs: number): number => (nowMs - bootedAtMs) * rate;
