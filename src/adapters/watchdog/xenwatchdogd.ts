import { existsSync } from "node:fs";
import type { Clock } from "../../ports/clock.ts";
import { withDeadline } from "../../ports/deadline.ts";
import type { Armed, WatchdogSlot, WatchdogSlots } from "../../ports/watchdog-slots.ts";
import type { Paths } from "../files/paths.ts";
import { oneAtATime } from "../processes/one-at-a-time.ts";
import { findSlotProcesses, type SlotProcess } from "./slot-process.ts";
import { obeys, type Rest, type SlotName, SlotSignals } from "./slot-signals.ts";
import { forgetStart, pendingStart } from "./start-note.ts";
import { createSlotStarter } from "./start-slot.ts";

export interface WatchdogSlotsOptions {
  readonly paths: Pick<Paths, "run" | "watchdogStart" | "xenWatchdog" | "xhaWatchdog">;
  readonly clock: Clock;
  readonly environment: Record<string, string>;
}

const LOOK_MS = 3_000;
const ARM_MS = 8_000;
const DISARM_MS = 3_000;
const SHORTEST_MS = 2_000;
const BETWEEN_SEARCHES_MS = 50;
/** Of those that are gone, so many are remembered. */
const REMEMBERED = 16;

/** Slots of Xen's watchdog, each held by a stopped process of xenwatchdogd (README.md). */
export function createWatchdogSlots(options: WatchdogSlotsOptions): WatchdogSlots {
  return new XenwatchdogSlots(options);
}

class XenwatchdogSlots implements WatchdogSlots {
  private readonly options: WatchdogSlotsOptions;
  private readonly start: ReturnType<typeof createSlotStarter>;
  private readonly signals: SlotSignals;
  private readonly alone = oneAtATime();
  /** By id: the time from which on a slot is known to be armed, and to be left alone. */
  private readonly armedMs = new Map<string, number>();
  /** Ids of those that were given the signal to disarm. */
  private readonly released: string[] = [];

  constructor(options: WatchdogSlotsOptions) {
    this.options = options;
    this.start = createSlotStarter(options);
    this.signals = new SlotSignals(options.paths.xenWatchdog, options.clock);
  }

  armed(signal: AbortSignal): Promise<readonly WatchdogSlot[] | "unknown"> {
    return this.turn<readonly WatchdogSlot[] | "unknown">(
      LOOK_MS,
      signal,
      (over) => this.findArmed(over),
      () => "unknown",
    );
  }

  arm(timeoutMs: number, signal: AbortSignal): Promise<Armed> {
    if (timeoutMs % 1_000 !== 0 || timeoutMs < SHORTEST_MS)
      return Promise.resolve(refused(`${timeoutMs} ms are not whole seconds, or less than two`));
    return this.turn(ARM_MS, signal, (over) => this.armOne(timeoutMs / 1_000, over), refused);
  }

  disarm({ id }: Pick<WatchdogSlot, "id">, signal: AbortSignal): Promise<boolean> {
    return this.turn(
      DISARM_MS,
      signal,
      (over) => this.disarmOne(id, over),
      () => false,
    );
  }

  isTakenByXapi(): Promise<boolean> {
    return Promise.resolve(this.isTaken());
  }

  abandon(signal: AbortSignal): Promise<void> {
    return this.turn(
      DISARM_MS,
      signal,
      (over) => this.signals.kill(() => this.search(), over),
      () => undefined,
    );
  }

  private isTaken(): boolean {
    return existsSync(this.options.paths.xhaWatchdog);
  }

  /** One after the other, within a deadline; what goes wrong is an answer, too. */
  private turn<T>(
    ms: number,
    signal: AbortSignal,
    work: (over: AbortSignal) => Promise<T>,
    failed: (why: string) => T,
  ): Promise<T> {
    const late = () => failed("it did not end in time");
    const task = (over: AbortSignal) => this.alone(async () => (over.aborted ? late() : work(over)));
    return withDeadline(this.options.clock, ms, signal, task, late).catch((error: unknown) =>
      failed(error instanceof Error ? error.message : String(error)),
    );
  }

  private search(): Promise<readonly SlotProcess[]> {
    return findSlotProcesses(this.options.paths.xenWatchdog);
  }

  private rest(name: SlotName, over: AbortSignal): Promise<Rest> {
    return this.signals.rest(name, () => !this.isTaken(), over);
  }

  private async findArmed(over: AbortSignal): Promise<readonly WatchdogSlot[] | "unknown"> {
    for (;;) {
      const found = await this.findAll(over);
      if (found === "unknown") return "unknown";
      const rests = await Promise.all(found.map((one) => this.rest(one, over)));
      if (rests.some(({ kind }) => kind === "unknown")) return "unknown";
      // It may have forked. At the deadline those that are left are unknown.
      if (rests.some(({ kind }) => kind === "ended")) continue;
      const slots = rests.flatMap((rest) => (rest.kind === "at-rest" ? [this.slotOf(rest)] : []));
      const ids = new Set(slots.map(({ id }) => id));
      for (const id of this.armedMs.keys()) if (!ids.has(id)) this.armedMs.delete(id);
      return slots.sort((a, b) => a.armedMs - b.armedMs);
    }
  }

  /** Also one whose start somebody has begun who was killed then: it is waited for until it is seen. */
  private async findAll(over: AbortSignal): Promise<readonly SlotProcess[] | "unknown"> {
    const { paths, clock } = this.options;
    for (;;) {
      const found = await this.search();
      const pending = await pendingStart(paths, clock);
      if (pending === null) return found;
      if (over.aborted) return "unknown";
      if (found.some(({ token }) => token === pending)) await forgetStart(paths);
      else await clock.sleep(BETWEEN_SEARCHES_MS, over);
    }
  }

  private async armOne(timeoutS: number, over: AbortSignal): Promise<Armed> {
    if (this.isTaken()) return refused("XAPI's own HA uses the watchdog of this host");
    const started = await this.start(timeoutS, over);
    if (started.kind === "refused") return refused(started.why);
    const found = await this.search();
    const own = found.find(({ token }) => token === started.token);
    const rest: Rest = own === undefined ? { kind: "ended" } : await this.rest(own, over);
    if (rest.kind === "at-rest") return { kind: "armed", slot: this.slotOf(rest) };
    if (rest.kind === "unknown") return refused("xenwatchdogd has started, and has not armed it in time");
    return refused(whyNoSlot(found.filter((one) => one !== own).length));
  }

  private async disarmOne(id: string, over: AbortSignal): Promise<boolean> {
    const name = nameOf(id);
    if (name === null || this.isTaken()) return false;
    const rest = await this.rest(name, over);
    // One that was ended by somebody else has left its slot behind.
    if (rest.kind !== "at-rest") return rest.kind === "ended" && this.released.includes(id);
    if (!obeys(rest.process)) return false;
    this.released.push(id);
    if (this.released.length > REMEMBERED) this.released.shift();
    return await this.signals.release(rest.process, over);
  }

  private slotOf({ process, wasStopped }: Rest & { readonly kind: "at-rest" }): WatchdogSlot {
    const id = idOf(process);
    const knownMs = wasStopped ? this.armedMs.get(id) : undefined;
    // Now, after it was stopped: until then it may have armed its slot again.
    const armedMs = knownMs ?? this.options.clock.uptimeMs();
    this.armedMs.set(id, armedMs);
    return { id, armedMs, timeoutMs: process.timeoutMs };
  }
}

function refused(why: string): Armed {
  return { kind: "refused", why: `Cannot arm a slot of Xen's watchdog: ${why}` };
}

/** xenwatchdogd tells nobody why it has ended. `own`: slots that are ours already. */
function whyNoSlot(own: number): string {
  if (own > 1) return "both slots are in use by this program";
  return own === 1
    ? "the other slot is in use by something else: stop xen-watchdog.service, or what else uses Xen's watchdog"
    : "both slots of Xen's watchdog are in use by something else: stop xen-watchdog.service, or what else uses them";
}

function idOf({ pid, startTime }: SlotName): string {
  return `${pid}.${startTime}`;
}

function nameOf(id: string): SlotName | null {
  const [, pid, startTime] = /^(\d{1,10})\.(\d{1,20})$/.exec(id) ?? [];
  return pid === undefined || startTime === undefined ? null : { pid: Number(pid), startTime };
}
