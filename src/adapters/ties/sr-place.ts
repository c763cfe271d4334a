import { randomBytes } from "node:crypto";
import type { SrPlace } from "../../config/tie-place.ts";
import { oneLine, shorten } from "../../core/model/plain-text.ts";
import type { Clock } from "../../ports/clock.ts";
import { readRegularFileSync } from "../files/regular-file.ts";
import type { SelfCommand } from "../processes/hand-over.ts";
import { type CommandResult, runCommand } from "../processes/run-command.ts";
import { type Answer, isUuid, type Place, type Question } from "./place.ts";
import { localTypeOf } from "./sr-mount.ts";

export interface SrContext extends SelfCommand {
  readonly clock: Clock;
  /** Where SRs are mounted. */
  readonly mounts: string;
}

/** The mode of the executable that asks (sr-child.ts). */
const MODE = "tie-file";
const CALL_MS = 8_000;
const LONGEST_WORDS = 500;
const MOST_MOUNTS_BYTES = 1_000_000;

/**
 * A folder on a shared SR with files, which XAPI has mounted. All that touches the SR is a child's: its answer may never come, and a
 * process that waits for storage cannot even be killed. One question at a time.
 */
export function createSrPlace({ sr }: SrPlace, context: SrContext, callMs = CALL_MS): Place {
  let last: Promise<unknown> = Promise.resolve();
  const failed = (why: string): Answer => ({
    kind: "failed",
    why: `SR ${sr}: ${shorten(oneLine(why), LONGEST_WORDS)}`,
  });
  const askNow = async (question: Question, signal: AbortSignal): Promise<Answer> => {
    const result = await runCommand(context.clock, [...context.self, MODE, sr, ...wordsFor(question)], {
      timeoutMs: callMs,
      env: { ...context.environment, LC_ALL: "C" },
      signal,
    });
    return parseAnswer(result.output) ?? failed(whySilent(result, callMs, signal));
  };
  return {
    ask(question, signal) {
      const mine = last.then(() => askNow(question, signal));
      last = mine;
      return mine;
    },
    async check() {
      const read = readRegularFileSync("/proc/self/mountinfo", { maxBytes: MOST_MOUNTS_BYTES });
      const type = read.kind === "text" ? localTypeOf(context.mounts, sr, read.text) : null;
      if (type === null) return null;
      return `SR ${sr}: it is on a disk of this host (${type}), which no other host sees; choose a shared one (NFS), or TIE_BREAKER=ssh`;
    },
  };
}

function wordsFor(question: Question): readonly string[] {
  const call = randomBytes(8).toString("hex");
  return question.verb === "claim"
    ? [question.verb, question.name, question.host, call]
    : [question.verb, question.name, call];
}

/** What the child has printed; null: nothing that is an answer. */
export function parseAnswer(output: string): Answer | null {
  let said: unknown;
  try {
    said = JSON.parse(output);
  } catch {
    return null;
  }
  if (typeof said !== "object" || said === null) return null;
  const { kind, holder, why } = said as Readonly<Record<string, unknown>>;
  if (kind === "free") return { kind };
  if (kind === "held" && typeof holder === "string" && isUuid(holder)) return { kind, holder };
  if (kind === "failed" && typeof why === "string")
    return { kind, why: shorten(oneLine(why), LONGEST_WORDS) };
  return null;
}

function whySilent({ late, exitCode, signal }: CommandResult, callMs: number, over: AbortSignal): string {
  if (over.aborted) return "the time was over";
  if (late) return `no answer within ${callMs / 1_000} s; look at the storage server and its network`;
  return `the child that asks has ended without an answer (${signal ?? `exit status ${exitCode ?? "unknown"}`})`;
}
