import { accessSync, constants, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { EVERY_EVENT, type HookEvent } from "../../core/alerts/hook-event.ts";
import type { Clock } from "../../ports/clock.ts";
import { neverAborts } from "../../ports/deadline.ts";
import type { HookRunner, Hooks } from "../../ports/hooks.ts";
import { whyUntrusted } from "../fencing/trusted-path.ts";
import { handOver, type SelfCommand } from "../processes/hand-over.ts";
import { runCommand } from "../processes/run-command.ts";

export interface HookOptions extends SelfCommand {
  /** /etc/ha-lizard/hooks; usually there is none. */
  readonly folder: string;
  /** Takes passwords out of a text. */
  mask(text: string): string;
}

/** Hands the events that a hook is there for to a child of this program (`ha-lizard run-hooks`), which outlives the pass. */
export function createChildHooks({ folder, mask, ...options }: HookOptions): Hooks {
  return {
    tell(events) {
      try {
        const names = new Set(readdirSync(folder));
        const wanted = events.filter(({ event }) => names.has(event) || names.has(EVERY_EVENT));
        if (wanted.length > 0)
          handOver(
            options,
            "run-hooks",
            wanted.map((event) => masked(event, mask)),
          );
      } catch {
        // There is no such folder, or no process left: hooks are told as well as they can be.
      }
    },
  };
}

function masked(event: HookEvent, mask: (text: string) => string): HookEvent {
  return { ...event, text: mask(event.text), advice: mask(event.advice) };
}

export interface RunnerOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly environment: Record<string, string>;
}

/** Runs the hooks of a folder. A hook runs as root, so only root may be able to change it, as with fence agents. */
export function createHookRunner({ folder, clock, environment }: RunnerOptions): HookRunner {
  return {
    find(event) {
      const there = [event, EVERY_EVENT].map((name) => join(folder, name)).filter(isThere);
      const judged = there.map((path) => ({ path, why: whyNotRun(path) }));
      return {
        paths: judged.flatMap(({ path, why }) => (why === null ? [path] : [])),
        refused: judged.flatMap(({ why }) => why ?? []),
      };
    },
    async run(path, input, timeoutMs) {
      const signal = neverAborts();
      const ended = await runCommand(clock, [path], {
        ...{ timeoutMs, env: environment, signal, stdin: input, stderrToo: true },
      });
      const { exitCode, late, output } = ended;
      if (late) return { why: `it did not end within ${timeoutMs / 1_000} s, and was killed`, output };
      if (exitCode === 0) return { why: null, output };
      if (ended.signal !== null) return { why: `it was ended by ${ended.signal}`, output };
      return { why: exitCode === null ? "it cannot be started" : `exit status ${exitCode}`, output };
    },
  };
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Why a hook is not run, with the command that cures it after `; run: `; null: it is. */
export function whyNotRun(path: string): string | null {
  try {
    if (!statSync(path).isFile()) return `Cannot run ${path}: it is no file`;
    const untrusted = whyUntrusted(path);
    if (untrusted !== null) return untrusted;
    accessSync(path, constants.X_OK);
    return null;
  } catch {
    return `Cannot run ${path}: it cannot be executed; run: chmod 755 ${path}`;
  }
}
