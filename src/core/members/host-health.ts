import type { HostHealth } from "../memory/host-health.ts";
import type { Round } from "../memory/step.ts";
import type { PeerProbe } from "../model/pool-view.ts";
import type { HealthSettings } from "../model/settings.ts";
import { type Heard, heardOf, heldHosts, isHeardNow } from "./heard.ts";

/** A probe a little before the full delay counts: a pass that was woken at the right second is never a millisecond late. */
const RETRY_SLACK_MS = 250;

/**
 * The health of a peer after one more probe.
 *
 * Whoever is heard lives (`heard`): its XAPI is its own monitor's to mend. Of one that is not heard a probe that learnt nothing
 * (`unknown`) changes nothing: unknown is not dead. A silent probe counts as a retry only when XAPI_DELAY has passed since the last
 * one, so that passes woken early do not shorten the patience.
 *
 * The silence of XAPI is not counted while it is that of the way from here, the host being heard by report, nor while the host says that
 * its XAPI is held (`isHeld`).
 */
export function stepHealth(
  previous: HostHealth | undefined,
  probe: PeerProbe,
  nowMs: number,
  settings: HealthSettings,
  heard: Heard = "unknown",
  isHeld = false,
): HostHealth | undefined {
  const isDirect = heard === "direct";
  const pings = probe.icmp === "answered" || isDirect;
  if (probe.xapi === "answered") {
    const sinceMs = previous?.state === "alive" ? previous.sinceMs : nowMs;
    return { state: "alive", sinceMs, failedRetries: 0, lastRetryMs: nowMs, xapiSilentSinceMs: null, pings };
  }
  const isCounted = heard !== "reported" && !(isDirect && isHeld);
  const xapiSilentSinceMs = (isCounted ? previous?.xapiSilentSinceMs : null) ?? nowMs;
  const toleranceMs = settings.XAPI_DOWN_TOLERANCE * 1_000;
  const isTolerated = pings && toleranceMs > 0 && nowMs - xapiSilentSinceMs <= toleranceMs;
  if (isHeardNow(heard) || isTolerated) {
    const sinceMs = previous?.state === "xapi-down" ? previous.sinceMs : nowMs;
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
    const isHeld = held.includes(uuid);
    const next = stepHealth(health[uuid], probe, view.nowMs, settings, heard, isHeld);
    if (next !== undefined) health[uuid] = next;
  }
  return health;
}
