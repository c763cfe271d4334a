import type { Clock } from "../../ports/clock.ts";
import { OVER } from "../../ports/deadline.ts";

/** One heartbeat a second: four of them may be lost before a host is not heard any more. */
const TICK_MS = 1_000;
/** While the monitors agree on something they do not wait for the second; so many heartbeats a second are the most. */
const SHORTEST_TICK_MS = 50;
/** What others act upon is said and published at once, and no more often than that. */
export const NEWS_MS = 100;

/** When the next tick is due. */
export class TickPace {
  private readonly clock: Clock;
  private readonly signal: AbortSignal;
  /** The next tick is wanted so long after the last one; null: with its second. And what ends the wait for it. */
  private hurriedMs: number | null = null;
  /** When the tick of the second is due that news came before; null: none did. */
  private keptMs: number | null = null;
  private endPause: () => void = () => undefined;

  constructor(clock: Clock, signal: AbortSignal) {
    this.clock = clock;
    this.signal = signal;
  }

  /** Until the next second, or until a tick is wanted at once. */
  async pause(): Promise<void> {
    const startedMs = this.clock.uptimeMs();
    const dueMs = Math.max(this.keptMs ?? startedMs + TICK_MS, startedMs + NEWS_MS);
    await this.sleep(dueMs - startedMs, () => this.hurriedMs !== null);
    // What wants it sooner still ends the rest of it.
    for (;;) {
      const shortestMs = this.hurriedMs ?? SHORTEST_TICK_MS;
      const restMs = startedMs + shortestMs - this.clock.uptimeMs();
      if (restMs <= 0 || this.signal.aborted) break;
      await this.sleep(restMs, () => this.hurriedMs !== null && this.hurriedMs < shortestMs);
    }
    // News is one tick more: the seconds stay where they are.
    this.keptMs = this.hurriedMs === NEWS_MS ? dueMs : null;
    this.hurriedMs = null;
  }

  /** A tick is wanted, so long after the last one. */
  hurry(shortestMs = SHORTEST_TICK_MS): void {
    this.hurriedMs = Math.min(shortestMs, this.hurriedMs ?? shortestMs);
    this.endPause();
  }

  private async sleep(ms: number, isOver: () => boolean): Promise<void> {
    if (isOver() || this.signal.aborted) return;
    const over = new AbortController();
    const end = () => over.abort(OVER);
    this.endPause = () => {
      if (isOver()) end();
    };
    this.signal.addEventListener("abort", end, { once: true });
    await this.clock.sleep(ms, over.signal);
    this.signal.removeEventListener("abort", end);
  }
}
