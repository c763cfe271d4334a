import type { HostHealth } from "../memory/host-health.ts";
import type { Round } from "../memory/step.ts";
import type { PeerProbe } from "../model/pool-view.ts";
import type { HealthSettings } from "../model/settings.ts";
import { type Heard, heardOf, heldHosts, isHeardNow } from "./heard.ts";
import { isOffByLease } from "./lease.ts";

/** A probe a little before the full delay counts: a pass that was woken at the right second is never a millisecond late. */
const RETRY_SLACK_MS = 250;

/**
 * The health of a peer after one more probe.
 *
 * Whoever is heard lives (`heard`): its XAPI is its own monitor's to mend, and its silence counts from when the host was heard last. Of
 * one that is not heard a probe that learnt nothing (`unknown`) changes nothing: unknown is not dead. A silent probe counts as a retry
 * only when XAPI_DELAY has passed since the last one, so that passes woken early do not shorten the patience. As long as a host says
 * that its XAPI is held (`isHeld`), it has only just fallen silent.
 */
export function stepHealth(
  previous: HostHealth | undefined,
  probe: PeerProbe,
  nowMs: number,
  settings: HealthSettings,
  heard: Heard = "unknown",
  isHeld = false,
): HostHealth | undefined {
  const pings = probe.icmp === "answered" || heard === "direct";
  if (probe.xapi === "answered") {
    const sinceMs = previous?.state === "alive" ? previous.sinceMs : nowMs;
    return { state: "alive", sinceMs, failedRetries: 0, lastRetryMs: nowMs, xapiSilentSinceMs: null, pings };
  }
  const xapiSilentSinceMs = (isHeardNow(heard) ? null : previous?.xapiSilentSinceMs) ?? nowMs;
  const toleranceMs = settings.XAPI_DOWN_TOLERANCE * 1_000;
  const isTolerated = pings && toleranceMs > 0 && nowMs - xapiSilentSinceMs <= toleranceMs;
  if (isHeardNow(heard) || isTolerated) {
    const sinceMs = previous?.state === "xapi-down" && !isHeld ? previous.sinceMs : nowMs;
    return { state: "xapi-down", sinceMs, failedRetries: 0, lastRetryMs: nowMs, xapiSilentSinceMs, pings };
  }
  if (probe.icmp === "unknown") return previous;
  return stepSilent(previous, { nowMs, xapiSilentSinceMs, pings }, settings);
}

function stepSilent(
  previous: HostHealth | undefined,
  now: { nowMs: number; xapiSilentSinceMs: number; pings: boolean },
  settings: HealthSettings,
): HostHealth {
  const { nowMs, xapiSilentSinceMs, pings } = now;
  if (previous?.state === "failed") return { ...previous, xapiSilentSinceMs, pings };
  if (previous?.state !== "suspect") {
    return {
      state: "suspect",
      sinceMs: nowMs,
      failedRetries: 0,
      lastRetryMs: nowMs,
      xapiSilentSinceMs,
      pings,
    };
  }
  if (nowMs - previous.lastRetryMs < settings.XAPI_DELAY * 1_000 - RETRY_SLACK_MS) {
    return { ...previous, xapiSilentSinceMs, pings };
  }
  const failedRetries = previous.failedRetries + 1;
  if (failedRetries >= settings.XAPI_COUNT) {
    return { state: "failed", sinceMs: nowMs, failedRetries, lastRetryMs: nowMs, xapiSilentSinceMs, pings };
  }
  return { ...previous, failedRetries, lastRetryMs: nowMs, xapiSilentSinceMs, pings };
}

/** Alive (core/README.md, "Is a peer alive?"); a host nobody has probed yet is not. */
export function isAlive(health: HostHealth | null | undefined): boolean {
  return health?.state === "alive" || health?.state === "xapi-down";
}

/** The health of every host that was probed in this round; the others keep theirs. */
export function stepAllHealth({ memory, view, settings }: Round): Readonly<Record<string, HostHealth>> {
  const health: Record<string, HostHealth> = { ...memory.health };
  const held = heldHosts(view.hearing);
  for (const [uuid, probe] of view.probes) {
    // A host does not judge itself, also where pool.conf names it.
    if (uuid === view.self.uuid) continue;
    const heard = heardOf(view.hearing, uuid);
    const next = stepHealth(health[uuid], probe, view.nowMs, settings, heard, held.includes(uuid));
    const isOff = next?.state === "suspect" && isOffByLease(uuid, memory, view);
    if (next !== undefined) health[uuid] = isOff ? { ...next, state: "failed", sinceMs: view.nowMs } : next;
  }
  return health;
}
