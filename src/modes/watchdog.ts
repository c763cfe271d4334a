import { createHearingReader } from "../adapters/group/hearing-file.ts";
import { createChildAlarm } from "../adapters/processes/alarm-child.ts";
import { createFileLock } from "../adapters/processes/lock-file.ts";
import { createService } from "../adapters/processes/service-script.ts";
import { runWatchdog } from "../app/daemons/watchdog.ts";
import { untilCrash } from "./crash.ts";
import { createRuntime, flushLog, type Runtime, stopSignal } from "./runtime.ts";

const DEFAULT_INTERVAL_S = 10;
const LONGEST_INTERVAL_S = 300;

/** `ha-lizard-watchdog`: keeps the monitor alive until SIGTERM. WATCH_INTERVAL (seconds) comes from its service script. */
export function run(foreground?: true): Promise<number> {
  const runtime = createRuntime(foreground);
  return untilCrash("watchdog", runtime, () => watch(runtime));
}

async function watch(runtime: Runtime): Promise<number> {
  const { clock, store, logger, environment, paths, self } = runtime;
  const service = createService({ paths, clock, environment });
  const alarm = createChildAlarm({ self, environment });
  const lock = createFileLock("watchdog", { folder: paths.run, clock, environment });
  const intervalMs = intervalS(process.env["WATCH_INTERVAL"]) * 1_000;
  const hearing = createHearingReader(paths.hearing);
  const isLeased = async () => ((await hearing.read())?.group.ownLease?.armed ?? 0) > 0;
  const ports = { clock, store, logger, alarm, service, lock, intervalMs, isLeased };
  const code = await runWatchdog(ports, stopSignal());
  await flushLog(runtime);
  return code;
}

function intervalS(text: string | undefined): number {
  const seconds = Number(text);
  return Number.isInteger(seconds) && seconds >= 1 && seconds <= LONGEST_INTERVAL_S
    ? seconds
    : DEFAULT_INTERVAL_S;
}
