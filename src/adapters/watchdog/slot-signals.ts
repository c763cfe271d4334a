import { constants } from "node:os";
import type { Clock } from "../../ports/clock.ts";
import { readSlotProcess, type SlotProcess } from "./slot-process.ts";

/** What names a process for good. */
export type SlotName = Pick<SlotProcess, "pid" | "startTime">;

/** What it has come to: at rest is armed and stopped; `unknown`: neither that nor ended in time. */
export type Rest =
  | { readonly kind: "at-rest"; readonly process: SlotProcess; readonly wasStopped: boolean }
  | { readonly kind: "ended" | "unknown" };

const BETWEEN_LOOKS_MS = 20;

/**
 * Signals that may wait for a stopped process without keeping SIGUSR1 from being obeyed. One with a higher number is obeyed first, and
 * SIGTERM then arms the slot for five minutes (README.md, "Signals"). A version that pets takes a note of each and goes on.
 */
const HARMLESS = maskOf("SIGHUP", "SIGINT", "SIGQUIT", "SIGUSR1");
const HARMLESS_TO_PETTING = HARMLESS | maskOf("SIGTERM");

/** Signals to processes that hold a slot. Each goes to a process that was looked at just before. */
export class SlotSignals {
  private readonly program: string;
  private readonly clock: Clock;

  constructor(program: string, clock: Clock) {
    this.program = program;
    this.clock = clock;
  }

  /**
   * Waits until the slot is armed, and stops the process in its sleep. One that was stopped earlier than that by somebody else goes on
   * when it `mayGoOn`.
   */
  async rest(name: SlotName, mayGoOn: () => boolean, over: AbortSignal): Promise<Rest> {
    for (let wasStopped = true; !over.aborted; ) {
      const process = await this.look(name);
      if (process === null) return { kind: "ended" };
      if (process.isAsleep && process.isStopped) return { kind: "at-rest", process, wasStopped };
      wasStopped = false;
      if (process.isAsleep) send(process, "SIGSTOP");
      else if (process.isStopped && process.pending === 0n && mayGoOn()) send(process, "SIGCONT");
      await this.clock.sleep(BETWEEN_LOOKS_MS, over);
    }
    return { kind: "unknown" };
  }

  /** Disarms the slot of a process at rest that obeys, and waits until it has ended. false: it has not. */
  async release(process: SlotProcess, over: AbortSignal): Promise<boolean> {
    send(process, "SIGUSR1");
    for (;;) {
      const now = await this.look(process);
      if (now === null) return true;
      if (now.isStopped) send(now, "SIGCONT");
      if (over.aborted) return false;
      await this.clock.sleep(BETWEEN_LOOKS_MS, over);
    }
  }

  /** Ends the processes that `find` finds, until there is none. Their slots run out. */
  async kill(find: () => Promise<readonly SlotName[]>, over: AbortSignal): Promise<void> {
    for (let found = await find(); found.length > 0 && !over.aborted; found = await find()) {
      for (const name of found) {
        const process = await this.look(name);
        if (process !== null) send(process, "SIGKILL");
      }
      await this.clock.sleep(BETWEEN_LOOKS_MS, over);
    }
  }

  /** The same process as it is now; null: it has ended. */
  private async look({ pid, startTime }: SlotName): Promise<SlotProcess | null> {
    const now = await readSlotProcess(pid, this.program);
    return now === null || typeof now === "string" || now.startTime !== startTime ? null : now;
  }
}

/** Will SIGUSR1 disarm its slot, whatever else waits for it? */
export function obeys({ pets, pending }: Pick<SlotProcess, "pets" | "pending">): boolean {
  return (pending & ~(pets ? HARMLESS_TO_PETTING : HARMLESS)) === 0n;
}

function maskOf(...signals: readonly NodeJS.Signals[]): bigint {
  return signals.reduce((mask, signal) => mask | (1n << BigInt(constants.signals[signal] - 1)), 0n);
}

function send({ pid }: SlotProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended since: the next look finds that.
  }
}
