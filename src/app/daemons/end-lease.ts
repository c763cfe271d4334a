import type { Clock } from "../../ports/clock.ts";
import type { HearingReader } from "../../ports/group.ts";
import type { StateStore } from "../../ports/state-store.ts";
import type { WatchdogSlots } from "../../ports/watchdog-slots.ts";

export interface EndLeasePorts {
  readonly clock: Clock;
  readonly store: Pick<StateStore, "save">;
  readonly slots: Pick<WatchdogSlots, "armed">;
  /** What the monitor of this host publishes. */
  readonly hearing: HearingReader;
  /** Says how it goes on, in one line, to whoever waits. */
  readonly tell: (line: string) => void;
}

/**
 * What came of the question. `refused`: the lease goes on. `unanswered`: no majority has noted its end within `waitedMs`; `strands`: without
 * this host others with a lease would have no majority, and be reset.
 */
export type LeaseEnding =
  | { readonly kind: "none" | "ended" }
  | { readonly kind: "refused"; readonly why: "unanswered" | "strands"; readonly waitedMs: number };

const LOOK_MS = 250;
/** The wish lasts for a minute in the monitor (report.ts): if this process is killed, the lease goes on after that. */
const ASK_AGAIN_MS = 10_000;
const PROGRESS_MS = 10_000;
/** A host that is heard a moment later changes it. */
const STRANDS_MS = 5_000;
/** Of an age at which it says nothing of now. */
const OLD_MS = 3_000;
/** What cannot be told is taken for `FENCE_WATCHDOG_TIMEOUT` as it is by default. */
const USUAL_LEASE_MS = 30_000;
/** The last third of a lease is left to whoever reads the refusal: a host that nobody answers is reset then. */
const PATIENCE = 2 / 3;

/**
 * Asks the monitor of this host to end the lease, before the service is stopped: without a monitor the host would be reset. It waits for two
 * thirds of the time of the lease.
 */
export async function endLease(ports: EndLeasePorts, signal: AbortSignal): Promise<LeaseEnding> {
  const { clock, store, slots, tell } = ports;
  const first = await slots.armed(signal);
  if (first !== "unknown" && first.length === 0) return { kind: "none" };
  const startedMs = clock.uptimeMs();
  const leaseMs = first === "unknown" ? USUAL_LEASE_MS : Math.max(...first.map(({ timeoutMs }) => timeoutMs));
  const waitMs = leaseMs * PATIENCE;
  const strands = new Lasting(STRANDS_MS);
  let askedMs = Number.NEGATIVE_INFINITY;
  let toldMs = startedMs;
  tell(`Waiting for the end of this host's lease (FENCE_METHOD=WATCHDOG), ${seconds(waitMs)} s at most.`);
  const refuse = async (why: "unanswered" | "strands"): Promise<LeaseEnding> => {
    await store.save("lease-end", { atMs: null });
    return { kind: "refused", why, waitedMs: clock.uptimeMs() - startedMs };
  };
  while (!signal.aborted && clock.uptimeMs() - startedMs < waitMs) {
    const nowMs = clock.uptimeMs();
    if (nowMs - askedMs >= ASK_AGAIN_MS) {
      askedMs = nowMs;
      await store.save("lease-end", { atMs: nowMs });
    }
    if (nowMs - toldMs >= PROGRESS_MS) {
      toldMs = nowMs;
      tell(`Still waiting: ${seconds(nowMs - startedMs)} of ${seconds(waitMs)} s.`);
    }
    await clock.sleep(LOOK_MS, signal);
    const armed = await slots.armed(signal);
    // What cannot be told may be armed.
    if (armed !== "unknown" && armed.length === 0) return { kind: "ended" };
    if (strands.see(await wouldStrand(ports), clock.uptimeMs())) return refuse("strands");
  }
  return refuse("unanswered");
}

const seconds = (ms: number): number => Math.round(ms / 1_000);

async function wouldStrand({ hearing, clock }: EndLeasePorts): Promise<boolean> {
  const heard = await hearing.read();
  if (heard === null || clock.uptimeMs() - heard.atMs > OLD_MS) return false;
  const { lead, ownLease } = heard.group;
  // One that is cut off hears none of the others: it knows nothing of their majority.
  return (lead === "leads" || lead === "hears") && ownLease?.strands === true;
}

/** Has something been so for so long, without a break? */
class Lasting {
  private readonly forMs: number;
  private sinceMs: number | null = null;

  constructor(forMs: number) {
    this.forMs = forMs;
  }

  see(isSo: boolean, nowMs: number): boolean {
    this.sinceMs = isSo ? (this.sinceMs ?? nowMs) : null;
    return this.sinceMs !== null && nowMs - this.sinceMs >= this.forMs;
  }
}
