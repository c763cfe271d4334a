import type { WatchdogSlots } from "../../ports/watchdog-slots.ts";
import { sleep } from "../clock.ts";
import { resetHost } from "../control.ts";
import { lastsFor, uptimeOf } from "../host-clock.ts";
import type { ArmedSimSlot, SimHost, World } from "../world.ts";

/** Xen's watchdog of one host (adapters/watchdog/README.md), by the clock of that host: slots outlive whoever has armed them, and nothing ends them but a word or a boot. */
export function simWatchdogSlots(world: World, host: SimHost): WatchdogSlots {
  const { watchdog } = host;
  const uptimeMs = () => uptimeOf(world, host);
  const known = new Map<string, number>();
  return {
    // When another process has armed it, /proc does not tell: now at the latest.
    armed: async () =>
      watchdog.slots.map(({ id, timeoutMs }) => {
        const armedMs = known.get(id) ?? uptimeMs();
        known.set(id, armedMs);
        return { id, timeoutMs, armedMs };
      }),
    arm: async (timeoutMs) => {
      if (watchdog.isMissing) return { kind: "refused", why: "xenwatchdogd is missing" };
      if (watchdog.slowMs > 0) await sleep(world.clock, watchdog.slowMs);
      if (watchdog.slots.length + watchdog.foreign >= SLOTS)
        return { kind: "refused", why: "both slots of Xen's watchdog are in use" };
      const slot = armSlot(world, host, timeoutMs);
      known.set(slot.id, uptimeMs());
      return { kind: "armed", slot: { id: slot.id, timeoutMs, armedMs: uptimeMs() } };
    },
    disarm: async ({ id }) => {
      disarmSlot(host, id);
      return true;
    },
    isTakenByXapi: async () => host.haArmed,
    abandon: async () => {
      watchdog.slots = [];
    },
  };
}

const SLOTS = 2;

function armSlot(world: World, host: SimHost, timeoutMs: number): ArmedSimSlot {
  const { watchdog } = host;
  watchdog.count += 1;
  const id = `${host.number}.${watchdog.count}`;
  const lastsMs = lastsFor(host, timeoutMs);
  const fires = world.clock.schedule(lastsMs, () => {
    if (!watchdog.slots.some((one) => one.id === id)) return;
    world.record("watchdog-fired", { host: host.number });
    resetHost(world, host);
  });
  const armedAtMs = world.nowMs();
  const slot = { id, timeoutMs, armedAtMs, firesAtMs: armedAtMs + lastsMs, fires };
  watchdog.slots = [...watchdog.slots, slot];
  return slot;
}

function disarmSlot({ watchdog }: SimHost, id: string): void {
  for (const slot of watchdog.slots) if (slot.id === id) slot.fires.cancel();
  watchdog.slots = watchdog.slots.filter((slot) => slot.id !== id);
}
