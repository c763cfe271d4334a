import { isDisarmed } from "../group/disarmed.ts";
import type { KnownHost } from "../memory/last-good.ts";
import type { Memory } from "../memory/memory.ts";
import type { HostUuid } from "../model/ids.ts";
import type { HostView, PoolView } from "../model/pool-view.ts";
import { isSameBoot } from "./membership.ts";

/** As long as fences are counted (core/fencing/note-fences.ts). */
const KEPT_S = 60 * 60;
const MOST_KEPT = 5;

/**
 * The memory with the boots of each host that were nobody's wish: it was enabled when it was seen last, and nobody has fenced it since. Each is
 * kept as its host's own wall clock tells it, in seconds, which the pool database has of it: so it outlives a boot of this host, and every host
 * that reads the database knows it.
 */
export function noteOwnBoots(before: Memory, view: PoolView): Memory {
  const { database } = view;
  if (!database.ok || before.lastGood === null) return before;
  if (before.lastGood.haFlag === "off") return withBoots(before, {});
  const noted = database.value.hosts.map((host): [HostUuid, readonly number[]] => {
    const boots = before.ownBootsS[host.uuid] ?? [];
    const bootS = ownBootS(host, before);
    // What happens while HA rests is somebody's wish.
    if (bootS === null || isDisarmed(view, host.uuid)) return [host.uuid, boots];
    const kept = boots.filter((one) => one < bootS && bootS - one < KEPT_S);
    return [host.uuid, [...kept, bootS].slice(-MOST_KEPT)];
  });
  return withBoots(before, Object.fromEntries(noted.filter(([, boots]) => boots.length > 0)));
}

function withBoots(memory: Memory, ownBootsS: Memory["ownBootsS"]): Memory {
  const isSame = JSON.stringify(ownBootsS) === JSON.stringify(memory.ownBootsS);
  return isSame ? memory : { ...memory, ownBootsS };
}

/** Neither disabled by anybody nor because it was off: XAPI disables a host when its own xapi starts, or the master's. */
const isInUse = ({ enabled, disabledByStart }: KnownHost): boolean => enabled || disabledByStart;

/** When it has booted by itself since it was seen last; null: it has not. */
function ownBootS({ uuid, bootTime }: HostView, { lastGood, fencedAtMs }: Memory): number | null {
  const known = lastGood?.hosts.find((one) => one.uuid === uuid);
  if (known === undefined || !isInUse(known) || known.bootTime === null || bootTime === null) return null;
  if (isSameBoot(known.bootTime, bootTime)) return null;
  const wasFenced = (fencedAtMs[uuid] ?? []).some((atMs) => atMs >= known.bootedAtMs);
  const bootS = Number.parseFloat(bootTime);
  return wasFenced || !Number.isFinite(bootS) ? null : bootS;
}

/**
 * When a host has booted by itself, by the uptime of this one; before this one has booted: below zero. Both clocks are set by the same servers
 * as a rule; whose is wrong by more than an hour is not counted.
 */
export function ownBootsMs(
  host: HostUuid,
  self: HostUuid,
  { ownBootsS, lastGood }: Pick<Memory, "ownBootsS" | "lastGood">,
  nowMs: number,
): readonly number[] {
  const boots = ownBootsS[host] ?? [];
  const bootTime = lastGood?.hosts.find(({ uuid }) => uuid === self)?.bootTime ?? null;
  const beganS = bootTime === null ? Number.NaN : Number.parseFloat(bootTime);
  const times = boots.map((bootS) => Math.round((bootS - beganS) * 1_000));
  return times
    .filter((atMs) => Math.abs(nowMs - atMs) < 2 * KEPT_S * 1_000)
    .map((atMs) => Math.min(atMs, nowMs));
}
