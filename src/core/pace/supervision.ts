/** The monitor's own parameters, in milliseconds and counts (MONITOR_*). */
export interface MonitorSettings {
  readonly delayMs: number;
  readonly scanRateMs: number;
  readonly maxStarts: number;
  readonly killAll: boolean;
}

/** What holds until the first iteration has said better: the defaults of HA-Lizard's manual. */
export const MONITOR_DEFAULTS: MonitorSettings = {
  delayMs: 45_000,
  scanRateMs: 10_000,
  maxStarts: 40,
  killAll: true,
};

/** After an iteration that crashed the next one comes sooner: a crash must not cost a MONITOR_DELAY. */
const AFTER_CRASH_MS = 5_000;

/** What to do about an iteration that is still running after `waits` waits of MONITOR_SCANRATE. */
export function judgeRunning(waits: number, settings: MonitorSettings): "wait" | "kill" | "complain" {
  if (waits < settings.maxStarts) return "wait";
  if (settings.killAll) return "kill";
  return waits === settings.maxStarts ? "complain" : "wait";
}

/**
 * How long to wait for the next iteration, from what the last one left; null when it left nothing, the `lost`th in a row:
 * then sooner than MONITOR_DELAY, but not for ever.
 */
export function waitAfter(
  report: { readonly nextInMs: number } | null,
  settings: MonitorSettings,
  lost = 1,
): number {
  if (report === null) return Math.min(settings.delayMs, AFTER_CRASH_MS * 2 ** Math.min(lost - 1, 10));
  return Math.min(Math.max(report.nextInMs, 0), settings.delayMs);
}

/** What the watchdog sees of the monitor. */
export interface MonitorSight {
  /** From the service script's files: running, dead, or stopped by an administrator. */
  readonly service: "running" | "dead" | "stopped-on-purpose";
  /** Age of the last report of an iteration; null when this boot has none yet. */
  readonly reportAgeMs: number | null;
  /** How long the watchdog has watched this very monitor: a young one has not reported yet. */
  readonly watchedMs: number;
}

/** Beyond the longest time that the monitor itself would let an iteration run. */
const HEARTBEAT_MARGIN_MS = 60_000;

/** Should the watchdog restart the service? Never after a deliberate stop. */
export function judgeMonitor(sight: MonitorSight, settings: MonitorSettings): "fine" | "dead" | "hung" {
  if (sight.service === "stopped-on-purpose") return "fine";
  if (sight.service === "dead") return "dead";
  const longestMs = settings.delayMs + settings.scanRateMs * (settings.maxStarts + 1) + HEARTBEAT_MARGIN_MS;
  const silentMs =
    sight.reportAgeMs === null ? sight.watchedMs : Math.min(sight.reportAgeMs, sight.watchedMs);
  return silentMs > longestMs ? "hung" : "fine";
}

const FIRST_WAIT_MS = 10_000;
const LONGEST_WAIT_MS = 5 * 60_000;

/** How long to wait after the n-th restart in a row that did not help. */
export function restartWaitMs(restarts: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** Math.max(0, restarts - 1), LONGEST_WAIT_MS);
}
