import type { HookEvent } from "../../core/alerts/hook-event.ts";
import type { Clock } from "../../ports/clock.ts";
import type { HookRunner } from "../../ports/hooks.ts";
import type { Logger } from "../../ports/notices.ts";

export interface HookPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly hooks: HookRunner;
  /** Takes passwords out of what a hook has printed. */
  mask(text: string): string;
}

/** What one hook may take for one event. */
const HOOK_MS = 30_000;
/** What all hooks of one round may take; events after that are dropped. */
export const HOOKS_MS = 300_000;
const LOGGED_LINES = 20;
const LOGGED_LINE = 300;

/** Tells the events to their hooks, one after the other, in order, and logs what a hook prints, and how one fails. */
export async function runHooks(events: readonly HookEvent[], ports: HookPorts): Promise<void> {
  const { clock, logger, hooks } = ports;
  const endMs = clock.uptimeMs() + HOOKS_MS;
  const refused = new Set<string>();
  for (const [at, event] of events.entries()) {
    const leftMs = endMs - clock.uptimeMs();
    if (leftMs < HOOK_MS) {
      const text = `Hooks are too slow: ${events.length - at} events were not told, ${event.event} first.`;
      logger.log("warning", "xe_wrapper", text);
      return;
    }
    const found = hooks.find(event.event);
    for (const why of found.refused) if (!refused.has(why)) logger.log("warning", "xe_wrapper", `${why}.`);
    for (const why of found.refused) refused.add(why);
    for (const path of found.paths) await runOne(path, event, ports);
  }
}

async function runOne(path: string, event: HookEvent, { logger, hooks, mask }: HookPorts): Promise<void> {
  const { why, output } = await hooks.run(path, `${JSON.stringify(event)}\n`, HOOK_MS);
  // Before anything is cut: of a password that was cut a part would be left.
  const lines = mask(output)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  for (const line of lines.slice(0, LOGGED_LINES))
    logger.log("info", "xe_wrapper", `${path}: ${line.slice(0, LOGGED_LINE)}`);
  if (why !== null)
    logger.log("warning", "xe_wrapper", `The hook ${path} has failed for ${event.event}: ${why}.`);
}
