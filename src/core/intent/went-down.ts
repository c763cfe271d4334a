import type { HostUuid } from "../model/ids.ts";
import type { Stop } from "../model/stop.ts";
import type { WentDown } from "./judge-stop.ts";

/** What is known of the host on which a VM was stopped. Wall times are milliseconds by the master's clock. */
export interface StoppedHost {
  readonly wallMs: number;
  /** By its own clock, in seconds as text (`HostView.bootTime`); null: not known, or that in which the VM was stopped. */
  readonly bootTime: string | null;
  /** It has failed, or was not heard for a minute. */
  readonly isGone: boolean;
  /** When it was heard last; null: not since this host is master. */
  readonly heardWallMs: number | null;
  /** By the database its xapi follows this master, which has its boot time from there. */
  readonly isLive: boolean;
  /** Since when this master watches: since its own boot. */
  readonly watchedSinceMs: number;
}

/** Dom0 stops its VMs one after the other, and each guest takes its time. */
const SOON_MS = 5 * 60_000;
/** The same with a boot, or with a change of master: a server takes minutes for either. */
const WITH_BOOT_MS = 15 * 60_000;
/** The clocks of two hosts, and the rounding of `boot_time`. */
const SKEW_MS = 10_000;

/**
 * Did the host of a VM go down soon after the VM was stopped there? Then it was Dom0 that stopped it, which looks exactly
 * like a client (adapters/xapi/README.md, "What was meant"). "no" is for good, so somebody must have watched the host for long enough: after a
 * pool was off as a whole nobody has. A key names the host as long as nobody has (`isKept`), so then it was Dom0 however long the host was off.
 */
export function wentDownSoon(
  stop: Stop,
  stateOf: (host: HostUuid) => StoppedHost | null,
  isKept: boolean,
): WentDown {
  const state = stop.host === null ? null : stateOf(stop.host);
  const { atMs } = stop;
  if (state === null || atMs === null) return "no";
  const { bootTime, isGone, isLive, heardWallMs, wallMs, watchedSinceMs } = state;
  const bootedMs = bootTime === null ? Number.NaN : Number.parseFloat(bootTime) * 1_000;
  if (bootedMs >= atMs - SKEW_MS && (isKept || bootedMs - atMs <= WITH_BOOT_MS)) return "yes";
  // The boot time of a host that is not live may be that of the boot before.
  if (!isGone) return isLive && wallMs - Math.max(atMs, watchedSinceMs) > SOON_MS ? "no" : "not yet";
  if (heardWallMs === null) return isKept || wallMs - atMs <= WITH_BOOT_MS ? "yes" : "no";
  return heardWallMs - atMs <= SOON_MS ? "yes" : "no";
}
