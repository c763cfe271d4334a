import { createChildAlarm } from "../adapters/processes/alarm-child.ts";
import { createSocketLock } from "../adapters/processes/lock-socket.ts";
import { createService } from "../adapters/processes/service-script.ts";
import { runWatchdog } from "../app/daemons/watchdog.ts";
import { createRuntime, flushLog, stopSignal } from "./runtime.ts";

const DEFAULT_INTERVAL_S = 10;
const LONGEST_INTERVAL_S = 300;

/** `ha-lizard-watchdog`: keeps the monitor alive until SIGTERM. WATCH_INTERVAL (seconds) comes from its service script. */
export async function run(foreground?: true): Promise<number> {
  const runtime = createRuntime(foreground);
  const { clock, store, logger, environment, paths, self } = runtime;
  const lock = createSocketLock("ha-lizard-watchdog", paths.root);
  if (!(await lock.acquire())) {
    logger.log("error", "check_xapi", "Cannot start the watchdog: another one runs on this host.");
    await flushLog(runtime);
    return 1;
  }
  const service = createService({ paths, clock, environment });
  const alarm = createChildAlarm({ self, environment });
  const intervalMs = intervalS(process.env["WATCH_INTERVAL"]) * 1_000;
  const code = await runWatchdog({ clock, store, logger, alarm, service, intervalMs }, stopSignal());
  await flushLog(runtime);
  return code;
}

function intervalS(text: string | undefined): number {
  const seconds = Number(text);
  return Number.isInteger(seconds) && seconds >= 1 && seconds <= LONGEST_INTERVAL_S
    ? seconds
    : DEFAULT_INTERVAL_S;
}
