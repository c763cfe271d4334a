import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { oneLine, shorten } from "../../core/model/plain-text.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Paths } from "../files/paths.ts";
import { wordsOf } from "../files/regular-file.ts";
import { runCommand } from "../processes/run-command.ts";
import { SLOT_MARK } from "./slot-process.ts";
import { forgetStart, noteStart } from "./start-note.ts";

/** Names the process in `ps`; the first character keeps the last signals of a shutdown away (README.md, "Signals"). */
const CALLED = "@ha-lizard/xenwatchdogd";
/** A day without a second: longer than any slot, and nobody else's number. */
const LONG_SLEEP_S = 86_399;
const START_MS = 5_000;
const LONGEST_WORDS = 200;

/** `started`: whether it has armed a slot, the process with this token shows. */
export type Started =
  | { readonly kind: "started"; readonly token: string }
  | { readonly kind: "refused"; readonly why: string };

interface Run {
  readonly exitCode: number | null;
  /** The only fault that a version knows which does not look at its arguments. */
  readonly cannotFork: boolean;
  readonly outcome: Started;
}

interface Surroundings {
  readonly paths: Pick<Paths, "run" | "watchdogStart" | "xenWatchdog">;
  readonly clock: Clock;
  readonly environment: Record<string, string>;
}

/**
 * Starts xenwatchdogd. Until Xen 4.17 it may sleep for as long as we like; from 4.19 on it wants to wake up before its slot fires, says
 * so with its exit status, and is started again in its own way.
 */
export function createSlotStarter(surroundings: Surroundings) {
  let mustPet = false;
  return async (timeoutS: number, signal: AbortSignal): Promise<Started> => {
    const missing = await whyNotRunnable(surroundings.paths.xenWatchdog);
    if (missing !== null) return { kind: "refused", why: missing };
    const first = await run(surroundings, timeoutS, mustPet ? timeoutS - 1 : LONG_SLEEP_S, signal);
    if (first.exitCode === null || first.exitCode === 0 || mustPet || first.cannotFork) return first.outcome;
    const second = await run(surroundings, timeoutS, timeoutS - 1, signal);
    if (second.exitCode === 0) mustPet = true;
    return second.outcome;
  };
}

async function whyNotRunnable(program: string): Promise<string | null> {
  try {
    await access(program, constants.X_OK);
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT"
      ? "xenwatchdogd is missing: install the package xen-dom0-tools"
      : `${program} cannot be run: ${wordsOf(error)}`;
  }
}

async function run(
  { paths, clock, environment }: Surroundings,
  timeoutS: number,
  sleepS: number,
  signal: AbortSignal,
): Promise<Run> {
  const token = randomUUID();
  const program = paths.xenWatchdog;
  await noteStart(paths, token, clock);
  const { exitCode, late, output } = await runCommand(clock, [program, `${timeoutS}`, `${sleepS}`], {
    timeoutMs: START_MS,
    env: { ...environment, LC_ALL: "C", [SLOT_MARK]: `${token} ${program}` },
    signal,
    argv0: CALLED,
    stderrToo: true,
  });
  await forgetStart(paths);
  if (exitCode === 0) return { exitCode, cannotFork: false, outcome: { kind: "started", token } };
  const state = late ? "it did not end in time" : `exit status ${exitCode ?? "unknown"}`;
  const said = late ? "" : shorten(oneLine(output), LONGEST_WORDS);
  const why = `${program} ${timeoutS} ${sleepS} failed: ${said || state}`;
  return { exitCode, cannotFork: /\bfork\b/.test(said), outcome: { kind: "refused", why } };
}
