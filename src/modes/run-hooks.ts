import { createHookRunner } from "../adapters/hooks/hook-files.ts";
import { createFileLock } from "../adapters/processes/lock-file.ts";
import { HOOKS_MS, runHooks } from "../app/alerts/run-hooks.ts";
import { obeyLast } from "../app/daemons/report.ts";
import type { HookEvent } from "../core/alerts/hook-event.ts";
import { untilCrash } from "./crash.ts";
import { createRuntime, flushLog, type Runtime } from "./runtime.ts";

/** So many rounds of hooks run on a host at the same time; the next one waits this long for one of them to end. */
const AT_ONCE = 4;
const PATIENCE_MS = 60_000;
const LOOK_AGAIN_MS = 1_000;
/** Whatever still holds the program after that, it ends. */
const LONGEST_MS = PATIENCE_MS + HOOKS_MS + 30_000;
/** More than twenty events have. */
const LONGEST_INPUT = 1_000_000;

/** `run-hooks`: tells the events on standard input to the hooks of an administrator, for the iteration. Its failure delays nothing. */
export function run(): Promise<number> {
  const runtime = createRuntime();
  setTimeout(() => process.exit(1), LONGEST_MS).unref();
  return untilCrash("hooks", runtime, () => tellAll(runtime));
}

async function tellAll(runtime: Runtime): Promise<number> {
  const { clock, logger, store, config, paths, environment, secrets } = runtime;
  const events = eventsIn(await Bun.stdin.text());
  await obeyLast(store, logger);
  // The passwords are learnt by that: what a hook prints may have one in it.
  await config.read();
  const isFree = await takePlace(runtime);
  if (isFree) {
    const hooks = createHookRunner({ folder: paths.hooks, clock, environment });
    await runHooks(events, { clock, logger, hooks, mask: secrets.mask });
  } else {
    const text = `${AT_ONCE} rounds of hooks are still running: ${events.length} events were not told, ${events[0]?.event ?? ""} first.`;
    logger.log("warning", "xe_wrapper", text);
  }
  await flushLog(runtime);
  return isFree ? 0 : 1;
}

/** From the iteration of this very program; anything else is none. */
function eventsIn(text: string): readonly HookEvent[] {
  const value: unknown = text.length > LONGEST_INPUT ? [] : JSON.parse(text);
  const isEvent = (one: unknown): one is HookEvent =>
    typeof one === "object" && one !== null && "event" in one && /^[a-z-]{1,60}$/.test(String(one.event));
  return Array.isArray(value) ? value.filter(isEvent) : [];
}

/** Takes one of the places, until this process ends; false: none has become free in time. */
async function takePlace({ clock, paths, environment }: Runtime): Promise<boolean> {
  const endMs = clock.uptimeMs() + PATIENCE_MS;
  const locks = Array.from({ length: AT_ONCE }, (_, at) =>
    createFileLock(`hooks-${at + 1}`, { folder: paths.run, clock, environment }),
  );
  for (;;) {
    for (const lock of locks) if ((await lock.acquire()).kind === "acquired") return true;
    if (clock.uptimeMs() >= endMs) return false;
    await clock.sleep(LOOK_AGAIN_MS);
  }
}
