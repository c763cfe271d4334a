import { drainMicrotasks } from "bun:jsc";
import type { Clock } from "../ports/clock.ts";

/** A thing that was scheduled and can be taken back; taking back twice, or too late, is harmless. */
export interface Scheduled {
  cancel(): void;
}

/** The time of the simulated world: virtual in tests, real in `sim-xapi-server`. */
export interface SimClock {
  /** Milliseconds since the world began. */
  nowMs(): number;
  /** Runs `fn` once, `delayMs` from now; equal times run in the order in which they were scheduled. */
  schedule(delayMs: number, fn: () => void): Scheduled;
}

class Entry implements Scheduled {
  readonly atMs: number;
  readonly sequence: number;
  fn: (() => void) | null;

  constructor(atMs: number, sequence: number, fn: () => void) {
    this.atMs = atMs;
    this.sequence = sequence;
    this.fn = fn;
  }

  cancel(): void {
    this.fn = null;
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence);
}

/**
 * Time that passes only when told to. After each event all promise continuations run before the next one, so the
 * order of everything depends on nothing but the events. They are run here and not by the event loop, a turn of which
 * costs as much as an event.
 */
export class VirtualClock implements SimClock {
  private readonly heap: Entry[] = [];
  private time = 0;
  private sequence = 0;

  nowMs(): number {
    return this.time;
  }

  schedule(delayMs: number, fn: () => void): Scheduled {
    const atMs = this.time + Math.max(0, delayMs);
    const entry = new Entry(atMs, this.sequence++, fn);
    push(this.heap, entry);
    return entry;
  }

  /**
   * Runs events until the time `goal` (milliseconds since the beginning), or until `goal()` holds after an event.
   * Returns false when nothing was left to happen, or `limitMs` was reached, before that.
   */
  async runUntil(goal: number | (() => boolean), limitMs = Number.POSITIVE_INFINITY): Promise<boolean> {
    await turn();
    let events = 0;
    const end = typeof goal === "number" ? goal : limitMs;
    for (;;) {
      if (typeof goal === "function" && goal()) return true;
      const entry = this.popDue(end);
      if (entry === null) break;
      this.time = entry.atMs;
      entry.fn?.();
      drainMicrotasks();
      events += 1;
      if (events % EVENTS_PER_TURN === 0) await turn();
    }
    if (Number.isFinite(end)) this.time = Math.max(this.time, end);
    return typeof goal === "number";
  }

  /** Runs for `ms` from now. */
  async run(ms: number): Promise<void> {
    await this.runUntil(this.time + ms);
  }

  private popDue(endMs: number): Entry | null {
    for (;;) {
      const first = this.heap[0];
      if (first === undefined || (first.fn !== null && first.atMs > endMs)) return null;
      pop(this.heap);
      if (first.fn !== null) return first;
    }
  }
}

/** So that a test's timeout and a worker's messages get their turn in a long run. */
const EVENTS_PER_TURN = 100;

/** One turn of the event loop: every microtask that is queued, and those they queue, have run afterwards. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function push(heap: Entry[], entry: Entry): void {
  let at = heap.length;
  heap.push(entry);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || !before(entry, above)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = entry;
}

function pop(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    const left = heap[child];
    if (left === undefined) break;
    const right = heap[child + 1];
    if (right !== undefined && before(right, left)) child += 1;
    const lower = heap[child];
    if (lower === undefined || !before(lower, last)) break;
    heap[at] = lower;
    at = child;
  }
  heap[at] = last;
}

/** The real time, for the server; `stop` takes back everything that is still scheduled. */
export class RealClock implements SimClock {
  private readonly begun = performance.now();
  private readonly timers = new Set<ReturnType<typeof setTimeout>>();

  nowMs(): number {
    return performance.now() - this.begun;
  }

  schedule(delayMs: number, fn: () => void): Scheduled {
    const timer = setTimeout(
      () => {
        this.timers.delete(timer);
        fn();
      },
      Math.max(0, delayMs),
    );
    this.timers.add(timer);
    return {
      cancel: () => {
        clearTimeout(timer);
        this.timers.delete(timer);
      },
    };
  }

  stop(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }
}

/** Noon of a day in 2026: where the world's wall clock begins. */
export const WORLD_BEGIN_WALL_MS = Date.UTC(2026, 10, 23, 12, 0, 0);

/** The clock of a host that booted at `bootedAtMs` of the world; `wallStepMs` is how wrong its wall clock is. */
export function portClock(
  clock: SimClock,
  bootedAtMs: () => number,
  wallStepMs: () => number = () => 0,
): Clock {
  return {
    wallMs: () => WORLD_BEGIN_WALL_MS + clock.nowMs() + wallStepMs(),
    uptimeMs: () => clock.nowMs() - bootedAtMs(),
    sleep: (ms, signal) => sleep(clock, ms, signal),
  };
}

/** Resolves after `ms` of the world's time, or at once when `signal` aborts. */
export function sleep(clock: SimClock, ms: number, signal?: AbortSignal): Promise<void> {
  if (signal === undefined) {
    return new Promise((resolve) => {
      clock.schedule(ms, resolve);
    });
  }
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const aborted = () => {
      scheduled.cancel();
      resolve();
    };
    const scheduled = clock.schedule(ms, () => {
      signal.removeEventListener("abort", aborted);
      resolve();
    });
    // A signal aborts once, so a listener that was called has nothing to take back.
    signal.addEventListener("abort", aborted);
  });
}
