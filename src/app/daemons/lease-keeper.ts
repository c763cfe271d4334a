import { ownAckMs } from "../../core/group/acks.ts";
import { isResting } from "../../core/group/disarm.ts";
import type { GroupState } from "../../core/group/group.ts";
import { leadOf } from "../../core/group/leader-heard.ts";
import {
  type ArmedSlot,
  type LeaseStep,
  NO_OWN_LEASE,
  type OwnLease,
  sayLease,
  stepOwnLease,
} from "../../core/group/own-lease.ts";
import { isLeaderLeaving, isStranded, strandsOthers } from "../../core/group/strands-others.ts";
import { GROUP_TIMINGS } from "../../core/group/timings.ts";
import type { OwnLeaseSight } from "../../core/model/group-sight.ts";
import type { Clock } from "../../ports/clock.ts";
import { withDeadline } from "../../ports/deadline.ts";
import type { GroupSelf } from "../../ports/group.ts";
import type { Logger } from "../../ports/notices.ts";
import type { StateStore } from "../../ports/state-store.ts";
import type { WatchdogSlots } from "../../ports/watchdog-slots.ts";
import type { LeaseEnd } from "./lease-end.ts";
import { readLeaseEnd } from "./report.ts";

export interface LeasePorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly slots: WatchdogSlots;
  readonly leaseEnd: LeaseEnd;
  readonly self: Pick<GroupSelf, "isEmptied">;
  /** For the wish of the service script. */
  readonly store: Pick<StateStore, "load">;
}

/** Arming and disarming take milliseconds; what takes longer is looked at anew. */
const ORDER_MS = 10_000;
/** The processes that keep the slots are looked after so often. */
const LOOK_MS = 5_000;
/** After a refusal nothing is armed for so long; nobody counts on it. */
const REFUSED_MS = 60_000;
/** A change of the roll takes no longer where all is well. */
const USUAL_END_MS = 5_000;
/** So long it is waited for those that have no majority without this host. */
const OTHERS_MS = 20_000;
/** After that they have to be told that their lease has ended: in three heartbeats. */
const TOLD_OTHERS_MS = 3_000;
/** What is told again as long as it is so. */
const AGAIN_MS = 60_000;

/** Carries out the lease of this host (core/group/own-lease.ts): nobody waits for its orders, and heartbeats go on meanwhile. */
export class LeaseKeeper {
  private readonly ports: LeasePorts;
  private readonly signal: AbortSignal;
  private readonly hurry: () => void;
  private readonly startedMs: number;
  private lease: OwnLease = NO_OWN_LEASE;
  /** null: it is not known yet what an earlier monitor has armed. */
  private slots: readonly ArmedSlot[] | null = null;
  private isBusy = false;
  private lookedMs = Number.NEGATIVE_INFINITY;
  private refused: { readonly atMs: number; readonly why: string } | null = null;
  private isTaken = false;
  /** XAPI's own HA has the watchdog, as was seen within the last second. */
  isXapiHaOn = false;
  /** An order has not ended well: what is armed has to be looked at anew. */
  private mustLook = false;
  private isEndAsked = false;
  /** Without this host others with a lease would have no majority; and when that was so last. */
  private strands = false;
  private strandedMs = Number.NEGATIVE_INFINITY;
  private isEmptied = false;
  private toldMs = Number.NEGATIVE_INFINITY;
  private endSinceMs: number | null = null;

  constructor(ports: LeasePorts, signal: AbortSignal, hurry: () => void) {
    this.ports = ports;
    this.startedMs = ports.clock.uptimeMs();
    this.signal = signal;
    this.hurry = hurry;
  }

  /** Once a second, also while nothing is known of the pool. */
  async tend(nowMs: number): Promise<void> {
    this.isXapiHaOn = await this.ports.slots.isTakenByXapi();
    if (this.isXapiHaOn && !this.isTaken && !this.isBusy) void this.carryOut(() => this.leaveToXapi());
    if (!this.isBusy && nowMs - this.lookedMs >= LOOK_MS) {
      this.lookedMs = nowMs;
      // What was refused may be armed late.
      const isWatched = this.refused !== null && nowMs - this.refused.atMs < REFUSED_MS;
      const isIdle = this.slots?.length === 0 && this.lease.saidMs === null && !this.mustLook && !isWatched;
      if (!isIdle || this.isTaken) void this.carryOut(() => this.look());
    }
    const { leaseEnd, store } = this.ports;
    // Nobody asks where there is none; what has been asked holds when there is none any more, until the monitor is stopped.
    const mayBeAsked = this.isEndAsked || this.slots?.length !== 0;
    this.isEndAsked = mayBeAsked && (await readLeaseEnd(store, this.startedMs, nowMs));
    if (leaseEnd.isWanted) this.endSinceMs ??= nowMs;
    const isEnded = !this.isBusy && !this.mustLook && this.slots?.length === 0;
    if (leaseEnd.isWanted && isEnded && !this.waitsForOthers(nowMs)) leaseEnd.tellEnded();
    this.tell(nowMs);
  }

  /** They end their lease because this host says that it leaves, which needs its vote; one of an earlier version does not. */
  private waitsForOthers(nowMs: number): boolean {
    const sinceMs = this.endSinceMs ?? nowMs;
    return nowMs - this.strandedMs < TOLD_OTHERS_MS && nowMs - sinceMs < OTHERS_MS;
  }

  /**
   * What this host says of its lease in the heartbeat that goes out now. `wishMs`: what the parameters ask for; undefined: that is not
   * known yet.
   */
  step(state: GroupState, wishMs: number | null | undefined, nowMs: number): number | null {
    this.strands = strandsOthers(state);
    if (this.strands) this.strandedMs = nowMs;
    if (this.isTaken || this.slots === null || wishMs === undefined) return this.lease.saidMs;
    // What is being disarmed, or armed, nobody may count on yet.
    if (this.isBusy && this.lease.saidMs === null && this.lease.withdrawnMs === null) return null;
    const sight = this.sight(state, this.slots, wishMs, nowMs);
    const step = stepOwnLease(this.lease, state.voting, sight, GROUP_TIMINGS);
    this.lease = step.lease;
    if (!this.isBusy && (step.armMs !== null || step.disarm.length > 0))
      void this.carryOut(() => this.obey(step));
    return step.lease.saidMs;
  }

  private sight(state: GroupState, slots: readonly ArmedSlot[], wishMs: number | null, nowMs: number) {
    const { hearing, voting, leases } = state;
    const { host: leader } = voting.stored.term;
    const acks = leader === null ? undefined : hearing.peers.get(leader)?.acks;
    // They were fresh when they came.
    const answers = { bootId: hearing.bootId, ms: nowMs };
    const leaderAckedMs = acks === undefined ? null : ownAckMs(hearing, { answers, acks }, nowMs);
    return {
      ...{ nowMs, slots, leaderAckedMs, bootId: hearing.bootId, ackedMs: leases.ownAckedMs },
      wishMs: this.wish(state, slots, wishMs, nowMs),
      isEmptied: this.isEmptied,
    };
  }

  /** What the parameters ask for, where it can be had. */
  private wish(
    state: GroupState,
    slots: readonly ArmedSlot[],
    wishMs: number | null,
    nowMs: number,
  ): number | null {
    const { voting } = state;
    const { roll } = voting.stored;
    if (this.ports.leaseEnd.isWanted) return null;
    if (this.isEndAsked && !this.strands) return null;
    if (isStranded(state)) return null;
    const { saidMs } = this.lease;
    // What was lost comes back from the others.
    if (roll === null) return saidMs;
    // While HA rests nobody counts on it, and nobody is reset.
    if (!roll.ha || isResting(state.disarm, voting.self, nowMs)) return null;
    const wasRefused = this.refused !== null && nowMs - this.refused.atMs < REFUSED_MS;
    if (saidMs === null) {
      const { kind } = leadOf(voting, nowMs, GROUP_TIMINGS);
      const isLed = kind === "leads" || (kind === "hears" && !isLeaderLeaving(state));
      return wasRefused || !isLed ? null : wishMs;
    }
    // With one slot alone it cannot be renewed.
    const newest = slots.at(-1);
    const isStuck = newest !== undefined && nowMs - newest.armedMs >= newest.timeoutMs / 2;
    return wasRefused && isStuck ? null : wishMs;
  }

  private async carryOut(orders: () => Promise<void>): Promise<void> {
    this.isBusy = true;
    await orders();
    this.isBusy = false;
  }

  private async look(): Promise<void> {
    const { slots } = this.ports;
    if (await slots.isTakenByXapi()) return this.leaveToXapi();
    this.isTaken = false;
    if (this.ports.leaseEnd.isWanted)
      this.isEmptied = await this.within((inner) => this.ports.self.isEmptied(inner), false);
    const found = await this.within((inner) => slots.armed(inner), "unknown" as const);
    if (found === "unknown") return;
    // A monitor that starts does not know what the one before has said.
    if (this.slots === null && found.length > 0) this.lease = sayLease(found.at(-1)?.timeoutMs ?? 0);
    // What is known of a slot stays: when it was armed is known best by who has done it.
    const known = new Map(this.slots?.map((slot) => [slot.id, slot]));
    this.slots = found.map((slot) => known.get(slot.id) ?? { ...slot, isFound: true });
    this.mustLook = false;
  }

  /** Its slots are not touched any more. */
  private async leaveToXapi(): Promise<void> {
    const hadLease = this.lease.saidMs !== null || (this.slots ?? []).length > 0;
    if (!this.isTaken && hadLease)
      this.ports.logger.log(
        "warning",
        "check_xapi",
        "XAPI's own HA has taken Xen's watchdog: this host has no lease any more.",
      );
    this.isTaken = true;
    this.lease = NO_OWN_LEASE;
    this.slots = [];
    await this.within((inner) => this.ports.slots.abandon(inner), undefined);
  }

  private async obey({ armMs, disarm }: LeaseStep): Promise<void> {
    for (const slot of disarm) await this.disarm(slot);
    if (armMs !== null) await this.arm(armMs);
    this.hurry();
  }

  private async disarm(slot: ArmedSlot): Promise<void> {
    const isDone = await this.within((inner) => this.ports.slots.disarm(slot, inner), false);
    if (isDone) this.slots = (this.slots ?? []).filter(({ id }) => id !== slot.id);
  }

  private async arm(timeoutMs: number): Promise<void> {
    if (await this.ports.slots.isTakenByXapi()) return this.leaveToXapi();
    const late = { kind: "refused", why: `it did not end within ${ORDER_MS / 1_000} s` } as const;
    const armed = await this.within((inner) => this.ports.slots.arm(timeoutMs, inner), late);
    if (armed.kind === "armed") {
      this.slots = [...(this.slots ?? []), armed.slot];
      this.refused = null;
      return;
    }
    if (this.refused?.why !== armed.why)
      this.ports.logger.log("error", "check_xapi", `Cannot arm Xen's watchdog: ${armed.why}.`);
    this.refused = { atMs: this.ports.clock.uptimeMs(), why: armed.why };
    // It may have been armed all the same.
    this.mustLook = true;
    this.lookedMs = Number.NEGATIVE_INFINITY;
  }

  private within<T>(act: (signal: AbortSignal) => Promise<T>, late: T): Promise<T> {
    return withDeadline<T>(this.ports.clock, ORDER_MS, this.signal, act, () => late);
  }

  private tell(nowMs: number): void {
    if (this.endSinceMs === null || this.slots?.length === 0) return;
    if (nowMs - this.endSinceMs < USUAL_END_MS || nowMs - this.toldMs < AGAIN_MS) return;
    this.toldMs = nowMs;
    const text =
      "The service waits for the end of this host's lease: a majority of the pool has to note it first. Without one this host is reset.";
    this.ports.logger.log("warning", "check_xapi", text);
  }

  /** What is published of it. */
  published(ackedMs: number | null): OwnLeaseSight | null {
    const { slots, lease, refused } = this;
    const [oldest] = slots ?? [];
    if (oldest === undefined && lease.saidMs === null && refused === null) return null;
    return {
      leaseMs: lease.saidMs,
      armed: slots?.length ?? 0,
      ackedMs,
      firesMs: oldest === undefined ? null : oldest.armedMs + oldest.timeoutMs,
      strands: this.isEndAsked && this.strands,
      trouble: this.isTaken ? "XAPI's own HA has taken the watchdog" : (refused?.why ?? null),
    };
  }
}
