import { oneLine } from "../../core/model/plain-text.ts";
import {
  judgeRunning,
  MONITOR_DEFAULTS,
  type MonitorSettings,
  waitAfter,
} from "../../core/pace/supervision.ts";
import type { Alarm } from "../../ports/alarm.ts";
import type { Clock } from "../../ports/clock.ts";
import { OVER } from "../../ports/deadline.ts";
import type { LocalHost } from "../../ports/local-host.ts";
import type { Logger } from "../../ports/notices.ts";
import type { ChildDeath, Lock, Processes, RunningChild } from "../../ports/processes.ts";
import type { StateStore } from "../../ports/state-store.ts";
import type { WakeSource } from "../../ports/wake.ts";
import { releaseHeld, unblockRoutes } from "./release-held.ts";
import { obeyLast, obeyReport, readReport } from "./report.ts";

export interface MonitorPorts {
  readonly clock: Clock;
  readonly processes: Processes;
  readonly lock: Lock;
  readonly store: StateStore;
  readonly wake: WakeSource;
  readonly logger: Logger;
  readonly alarm: Alarm;
  readonly localHost: Pick<LocalHost, "releaseXapi" | "unblockRoutes">;
  /** Is the service stopped on purpose, and not restarted? Asked when the monitor stops. */
  readonly isStopWanted: () => boolean;
  /** Is the service being restarted? Asked when the monitor stops. */
  readonly isRestart: () => boolean;
  /** Ends the lease of this host; resolves when nothing is armed any more, which may be never: then the host is reset. */
  readonly endLease: () => Promise<void>;
}

/** A killed child is gone at once; this is for the kernel. */
const KILL_MS = 3_000;

/**
 * Supervises iterations until `signal` aborts: one at a time, the next one when the last asked for it, when something
 * happened, or after MONITOR_DELAY; one that hangs is killed with its whole process group. A xapi that is held is released when
 * the service stops; it outlives a restart of the service, and a monitor that is killed. A blocked route ends with every stop, with
 * the next start, and with an iteration that could decide nothing.
 *
 * @returns the exit code: 0 after a stop, 1 when another monitor runs on this host.
 */
export async function runMonitor(ports: MonitorPorts, signal: AbortSignal): Promise<number> {
  await obeyLast(ports.store, ports.logger);
  const lock = await ports.lock.acquire();
  if (lock.kind !== "acquired") {
    const why = lock.kind === "taken" ? "another one runs on this host" : lock.why;
    ports.logger.log("error", "check_xapi", `Cannot start the monitor: ${why}.`);
    return 1;
  }
  ports.logger.log("info", "check_xapi", "The monitor has started.");
  await unblockRoutes(ports);
  let settings = MONITOR_DEFAULTS;
  let lost = 0;
  let idle = NOT_IDLE;
  let lastHow = "";
  while (!signal.aborted) {
    const startedMs = ports.clock.uptimeMs();
    const child = startChild(ports, lost);
    const death = child === null ? null : await superviseChild(child, ports, settings, signal);
    if (signal.aborted) break;
    const last = await readReport(ports.store);
    const report = last !== null && last.finishedAtMs >= startedMs ? last : null;
    obeyReport(report, ports.logger);
    const crashed = report === null;
    const how = crashed ? describeDeath(death) : "";
    // Once for each way of dying: one that crashes with every pass does not fill the log.
    if (crashed && (lost === 0 || how !== lastHow)) {
      const text = `An iteration ended without a result: starting the next one.${how}`;
      ports.logger.log("error", "check_xapi", text);
    }
    if (!crashed && lost > 0) ports.logger.log("info", "check_xapi", "Iterations end normally again.");
    lastHow = how;
    lost = crashed ? lost + 1 : 0;
    if (lost === LOST_BEFORE_ALARM) tellLost(ports, how);
    const obstacle = report?.obstacle ?? null;
    // Nobody has decided whether they are wanted still.
    if (crashed || obstacle !== null) await unblockRoutes(ports);
    // One that crashes between those that decide nothing is no better.
    if (!crashed) idle = obstacle === null ? NOT_IDLE : oneMoreIdle(idle, ports.clock.uptimeMs());
    if (obstacle !== null && idle.isDue) tellIdle(ports, obstacle, idle.passes);
    settings = report?.monitor ?? settings;
    await waitForNext(ports, waitAfter(report, settings, lost), signal);
  }
  // A monitor that starts again finds what is armed.
  if (!ports.isRestart()) await ports.endLease();
  await Promise.all([unblockRoutes(ports), ports.isStopWanted() ? releaseHeld(ports) : null]);
  ports.logger.log("info", "check_xapi", "The monitor has stopped.");
  return 0;
}

/** One crash is followed by the next start; that many in a row are nothing that mends itself. */
const LOST_BEFORE_ALARM = 5;

/** Iterations in a row that could decide nothing. */
interface Idle {
  readonly passes: number;
  readonly sinceMs: number;
  readonly isTold: boolean;
  /** It is to be told now. */
  readonly isDue: boolean;
}

const NOT_IDLE: Idle = { passes: 0, sinceMs: 0, isTold: false, isDue: false };
/** While xapi starts there may be many iterations in a minute, and nothing to read yet. */
const IDLE_MS = 180_000;

function oneMoreIdle(last: Idle, nowMs: number): Idle {
  const passes = last.passes + 1;
  const sinceMs = last.passes === 0 ? nowMs : last.sinceMs;
  const isDue = !last.isTold && passes >= LOST_BEFORE_ALARM && nowMs - sinceMs >= IDLE_MS;
  return { passes, sinceMs, isTold: last.isTold || isDue, isDue };
}

/** More than this is no sentence any more; the end is where a crash names its cause. */
const SHOWN_WORDS = 400;

/** What is known of the death of an iteration, as further sentences; empty for one that only left no report. */
function describeDeath(death: ChildDeath | null): string {
  if (death === null) return "";
  const { exitCode, signal, lastWords } = death;
  const end =
    signal !== null ? `It was ended by ${signal}.` : `Its exit status was ${exitCode ?? "unknown"}.`;
  const said = oneLine(lastWords);
  const shown = said.length > SHOWN_WORDS ? `…${said.slice(-SHOWN_WORDS)}` : said;
  if (shown !== "") return ` ${end} Its last words: ${shown}`;
  return exitCode === 0 ? "" : ` ${end}`;
}

function tellLost({ alarm }: MonitorPorts, how: string): void {
  alarm.raise({
    key: "iterations-lost",
    severity: "critical",
    subject: "HA may not work on this host: its iterations leave no result",
    body: `${LOST_BEFORE_ALARM} iterations in a row left no result: they crash, or the disk cannot be written. The monitor goes on trying.${how}`,
    advice: "Look at the disk of this host and at its log (ha-cfg log), and run ha-cfg doctor.",
  });
}

function tellIdle({ alarm }: MonitorPorts, obstacle: string, passes: number): void {
  alarm.raise({
    key: "iterations-idle",
    severity: "critical",
    subject: "HA does nothing on this host",
    body: `${obstacle} ${passes} iterations in a row have decided nothing.`,
    advice: `Run ha-cfg doctor on this host. ${MASTERLESS}`,
  });
}

/** A host that does not know its pool replaces nobody. */
const MASTERLESS =
  "If the pool has lost its master permanently, and no host replaces it: make sure that the old master is off, then run on the host that should be master: xe pool-emergency-transition-to-master, then xe pool-recover-slaves.";

function tellHung({ alarm, logger }: MonitorPorts, pid: number): void {
  const text = `The iteration hung and was killed (pid ${pid}).`;
  logger.log("critical", "check_xapi", text);
  alarm.raise({
    key: "iteration-hung",
    severity: "critical",
    subject: "An iteration of HA hung on this host",
    body: `${text} The next one is started.`,
    advice: "If it happens again, look at the log of this host (ha-cfg log) for what it hung at.",
  });
}

function startChild(ports: MonitorPorts, lost: number): RunningChild | null {
  try {
    return ports.processes.startIteration(lost);
  } catch (error) {
    ports.logger.log("error", "check_xapi", `Cannot start an iteration: ${String(error)}`);
    return null;
  }
}

/** Returns how it died; null of one that was killed here, of which everything is said. */
async function superviseChild(
  child: RunningChild,
  ports: MonitorPorts,
  settings: MonitorSettings,
  signal: AbortSignal,
): Promise<ChildDeath | null> {
  let death: ChildDeath | null = null;
  const end = child.ended.then((how) => {
    death = how;
  });
  for (let waits = 0; death === null; waits++) {
    const verdict = signal.aborted ? "kill" : judgeRunning(waits, settings);
    if (verdict === "complain")
      ports.logger.log("error", "check_xapi", "The iteration hangs; MONITOR_KILLALL=0 leaves it alone.");
    if (verdict === "kill") {
      child.killGroup();
      if (!signal.aborted) tellHung(ports, child.pid);
      await raceSleep(ports.clock, KILL_MS, end, new AbortController().signal);
      return null;
    }
    await raceSleep(ports.clock, settings.scanRateMs, end, signal);
  }
  return death;
}

async function waitForNext(ports: MonitorPorts, ms: number, signal: AbortSignal): Promise<void> {
  const woken = new AbortController();
  const forward = () => woken.abort(OVER);
  signal.addEventListener("abort", forward, { once: true });
  await raceSleep(ports.clock, ms, ports.wake.next(woken.signal), signal);
  woken.abort(OVER);
  signal.removeEventListener("abort", forward);
}

/** Until `event`, `ms`, or the end of everything. */
async function raceSleep(clock: Clock, ms: number, event: Promise<void>, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const forward = () => over.abort(OVER);
  if (signal.aborted) over.abort(OVER);
  signal.addEventListener("abort", forward, { once: true });
  await Promise.race([event, clock.sleep(ms, over.signal)]);
  over.abort(OVER);
  signal.removeEventListener("abort", forward);
}
