import { accessSync, constants, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { EVERY_EVENT, type HookEvent } from "../../core/alerts/hook-event.ts";
import type { Clock } from "../../ports/clock.ts";
import { neverAborts } from "../../ports/deadline.ts";
import type { HookRunner, Hooks } from "../../ports/hooks.ts";
import { type Distrust, findDistrust } from "../fencing/trusted-path.ts";
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
      const judged = there.map((path) => ({ path, fault: hookFault(path) }));
      return {
        paths: judged.flatMap(({ path, fault }) => (fault === null ? [path] : [])),
        refused: judged.flatMap(({ fault }) => (fault === null ? [] : [describeFault(fault)])),
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

/** Why a hook is not run. */
export interface HookFault extends Omit<Distrust, "cure"> {
  /** What cannot be done with the path, which is that of the hook or of a folder above it. */
  readonly verb: "run" | "use";
  /** The command that cures it; null: there is none. */
  readonly cure: string | null;
}

const describeFault = ({ verb, path, why, cure }: HookFault): string =>
  `Cannot ${verb} ${path}: ${why}${cure === null ? "" : `; run: ${cure}`}`;

/** null: it is run. */
export function hookFault(path: string): HookFault | null {
  try {
    if (!statSync(path).isFile()) return { verb: "run", path, why: "it is no file", cure: null };
    const distrust = findDistrust(path);
    if (distrust !== null) return { verb: "use", ...distrust };
    accessSync(path, constants.X_OK);
    return null;
  } catch {
    return { verb: "run", path, why: "it cannot be executed", cure: `chmod 755 ${path}` };
  }
}
