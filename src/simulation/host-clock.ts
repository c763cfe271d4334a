import type { Clock } from "../ports/clock.ts";
import { sleep, WORLD_BEGIN_WALL_MS } from "./clock.ts";
import type { Rate, SimHost, World } from "./world.ts";

/** The clock of a host that boots now: it keeps its rate, for that belongs to its crystal. */
export function bootedRate(nowMs: number, perMs = 1): Rate {
  return { perMs, sinceMs: nowMs, uptimeMs: 0 };
}

/** Since its boot, by its own clock; in whole milliseconds where that drifts. */
export function uptimeOf(world: World, host: SimHost): number {
  const { perMs, sinceMs, uptimeMs } = host.rate;
  const passedMs = world.nowMs() - sinceMs;
  return perMs === 1 ? uptimeMs + passedMs : Math.floor(uptimeMs + passedMs * perMs + NOISE);
}

/** When the clock of a host says that, in the time of the world. */
export function atUptime({ rate: { perMs, sinceMs, uptimeMs } }: SimHost, ms: number): number {
  return sinceMs + (ms - uptimeMs) / perMs;
}

/** What lasts so long by the clock of a host, in the time of the world. */
export function lastsFor({ rate }: SimHost, ms: number): number {
  return rate.perMs === 1 ? ms : Math.ceil(ms / rate.perMs - NOISE);
}

/** From now on the clock of a host runs so many times as fast as the world's; 1.01 is one part in a hundred too fast. */
export function setDrift(world: World, host: SimHost, perMs: number): void {
  host.rate = { perMs, sinceMs: world.nowMs(), uptimeMs: uptimeOf(world, host) };
  world.record("drift", { host: host.number, perMs });
}

/** What the processes of a host have for a clock. Its wall clock is kept right by others, but for a step. */
export function hostClock(world: World, host: SimHost): Clock {
  return {
    wallMs: () => WORLD_BEGIN_WALL_MS + world.nowMs() + host.wallStepMs,
    uptimeMs: () => uptimeOf(world, host),
    sleep: (ms, signal) => sleep(world.clock, lastsFor(host, ms), signal),
  };
}

/** Sums of fractions are not exact; a sleep that ends a hair before its time would be begun again. */
const NOISE = 1e-6;
