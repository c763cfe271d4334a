import { judgeMonitor, MONITOR_DEFAULTS, restartWaitMs } from "../../core/pace/supervision.ts";
import type { Alarm } from "../../ports/alarm.ts";
import type { Clock } from "../../ports/clock.ts";
import { withDeadline } from "../../ports/deadline.ts";
import type { Logger } from "../../ports/notices.ts";
import type { Lock } from "../../ports/processes.ts";
import type { Service } from "../../ports/service.ts";
import type { StateStore } from "../../ports/state-store.ts";
import { obeyLast, obeyReport, readReport } from "./report.ts";

export interface WatchdogPorts {
  readonly clock: Clock;
  readonly service: Service;
  readonly store: StateStore;
  readonly logger: Logger;
  readonly alarm: Alarm;
  /** One watchdog on each host. */
  readonly lock: Lock;
  readonly intervalMs: number;
  /** Has this host a lease, by what its monitor has published last? Never rejects. */
  readonly isLeased: () => Promise<boolean>;
}

const RESTART_MS = 60_000;

/**
 * Keeps the monitor alive until `signal` aborts: restarts the service when it is dead or its iterations do not end.
 *
 * @returns the exit code: 0 after a stop, 1 when it cannot be the only watchdog of this host.
 */
export async function runWatchdog(ports: WatchdogPorts, signal: AbortSignal): Promise<number> {
  await obeyLast(ports.store, ports.logger);
  const lock = await ports.lock.acquire();
  if (lock.kind !== "acquired") {
    const why = lock.kind === "taken" ? "another one runs on this host" : lock.why;
    ports.logger.log("error", "check_xapi", `Cannot start the watchdog: ${why}.`);
    return 1;
  }
  ports.logger.log("info", "check_xapi", "The watchdog has started.");
  let watchedSinceMs = ports.clock.uptimeMs();
  let restarts = 0;
  let notBeforeMs = 0;
  while (!signal.aborted) {
    const nowMs = ports.clock.uptimeMs();
    const report = await readReport(ports.store);
    obeyReport(report, ports.logger);
    const age = report === null || report.finishedAtMs > nowMs ? null : nowMs - report.finishedAtMs;
    const sight = {
      service: await ports.service.state(),
      reportAgeMs: age,
      watchedMs: nowMs - watchedSinceMs,
    };
    const verdict = judgeMonitor(sight, report?.monitor ?? MONITOR_DEFAULTS);
    // Only a pass that has ended since shows that the last restart has helped.
    const hasEnded = age !== null && nowMs - age >= watchedSinceMs;
    if (verdict === "fine" && sight.service === "running" && hasEnded && nowMs >= notBeforeMs) restarts = 0;
    if (verdict !== "fine" && nowMs >= notBeforeMs) {
      restarts++;
      notBeforeMs = nowMs + restartWaitMs(restarts);
      watchedSinceMs = nowMs;
      tellRestart(ports, verdict, restarts);
      await restart(ports, verdict, signal);
    }
    await pause(ports, signal);
  }
  ports.logger.log("info", "check_xapi", "The watchdog has stopped.");
  return 0;
}

/** Where the host has a lease, the death of its monitor costs its life within seconds. */
const LEASED_MS = 1_000;

/** Until the next look; a monitor that is dead is noticed sooner where the host has a lease. */
async function pause(ports: WatchdogPorts, signal: AbortSignal): Promise<void> {
  const { clock, service, intervalMs } = ports;
  const untilMs = clock.uptimeMs() + intervalMs;
  while (!signal.aborted) {
    const restMs = untilMs - clock.uptimeMs();
    if (restMs <= 0) return;
    const isLeased = await ports.isLeased();
    await clock.sleep(isLeased ? Math.min(LEASED_MS, restMs) : restMs, signal);
    if (isLeased && (await service.state()) === "dead") return;
  }
}

const STATES = { dead: "is not running", hung: "runs, but its iterations do not end" } as const;
/** After that many restarts in a row nobody should believe that the next one helps. */
const RESTARTS_IN_VAIN = 3;

function tellRestart({ alarm }: WatchdogPorts, why: "dead" | "hung", restarts: number): void {
  if (restarts === 1) {
    alarm.raise({
      key: `monitor-${why}`,
      severity: "error",
      subject: "The monitor of HA was restarted on this host",
      body: `The monitor ${STATES[why]}. The watchdog has restarted the service.`,
      advice: "Look at the log of this host (ha-cfg log) for why it ended.",
    });
  }
  if (restarts === RESTARTS_IN_VAIN) {
    alarm.raise({
      key: "restarts-in-vain",
      severity: "critical",
      subject: "HA does not work on this host: restarts do not help",
      body: `The monitor ${STATES[why]}, and ${restarts} restarts have not helped. The watchdog goes on trying, less and less often.`,
      advice: "Run ha-cfg doctor on this host, and look at its log (ha-cfg log).",
    });
  }
}

async function restart(ports: WatchdogPorts, why: "dead" | "hung", signal: AbortSignal): Promise<void> {
  ports.logger.log("critical", "check_xapi", `The monitor ${STATES[why]}: restarting the service.`);
  try {
    await withDeadline(
      ports.clock,
      RESTART_MS,
      signal,
      (inner) => ports.service.restart(inner),
      () => undefined,
    );
  } catch (error) {
    ports.logger.log("critical", "check_xapi", `Cannot restart the monitor: ${String(error)}`);
  }
}
