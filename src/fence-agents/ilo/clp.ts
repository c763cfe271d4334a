import type { PowerReading, SwitchAnswer } from "../device.ts";

/** Colours and cursor movements of a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const TERMINAL_CODES = /\u001b\[[0-9;?]*[A-Za-z]/g;
const PROMPT = /(?:<[^<>\r\n]*>)?(?:hpe?iLO->|MP>)/i;
/** Several: an iLO that takes carriage return and line feed for two commands. */
const PROMPT_AT_END = new RegExp(`(?:^|[\\r\\n])[ \\t]*(?:${PROMPT.source}[ \\t]*)+$`, "i");
const PROMPT_AT_START = new RegExp(`^(?:${PROMPT.source}\\s*)+`, "i");

/** Has the device said all it has to say, and waits for a command? */
export function endsWithPrompt(text: string): boolean {
  return PROMPT_AT_END.test(text.replace(TERMINAL_CODES, ""));
}

/**
 * What the answer to `power` says; null when it says nothing about the power, so that asking in other words may help.
 * Only `power: server power is currently: On` or `Off`, on a line that is complete, is an answer; two that differ are none.
 */
export function parsePower(answer: string): PowerReading | null {
  const values = valuesOf(answer, /^(?:power: )?server power is currently: *(.*)$/i);
  return judge(answer, values, { on: "on", off: "off" });
}

/** The same for `show /system1`: its property is `EnabledState=enabled` or `disabled`. */
export function parseSystem(answer: string): PowerReading | null {
  return judge(answer, valuesOf(answer, /^enabledstate *= *(.*)$/i), { enabled: "on", disabled: "off" });
}

/** Tags of a device that has understood, but not now: other words would not help. */
const NOT_NOW = /BUSY|RESOURCE|IN PROGRESS|TRY AGAIN|TIMEOUT|TIMED OUT/i;
/** Tags that asking again does not change. */
const NO_RIGHT = /PRIVILEGE|NOT AUTHORI[SZ]ED|ACCESS DENIED|PERMISSION/i;

/** What the device made of a command; `foreign`: it may be refused for its words. */
export type Outcome = SwitchAnswer & { readonly foreign?: boolean };

/** Did the device take the command? What has become of it is for a reading to say. */
export function parseOutcome(answer: string): Outcome {
  const lines = linesOf(answer);
  const status = lines.flatMap((line) => /^status=(\d+)$/i.exec(line)?.[1] ?? []);
  const tags = lines.flatMap((line) => /^status_tag=(.*)$/i.exec(line)?.[1]?.toUpperCase() ?? []);
  const refusals = lines.flatMap((line) => /^error_tag=(.*)$/i.exec(line)?.[1] ?? []);
  if (refusals.length > 0) return refused(refusals.join(", "));
  const good = (list: readonly string[], wanted: string) => list.every((one) => one === wanted);
  if (status.length + tags.length > 0 && good(status, "0") && good(tags, "COMMAND COMPLETED"))
    return { kind: "accepted" };
  const why = tags.length > 0 ? tags.join(", ") : quoteAnswer(answer);
  return refused(why);
}

function refused(why: string): Outcome {
  const final = NO_RIGHT.test(why);
  return { kind: "refused", why, final, foreign: !final && !NOT_NOW.test(why) };
}

/** An answer on one line, for people. */
export function quoteAnswer(answer: string): string {
  const text = linesOf(`${answer}\n`).join(" / ");
  return text === "" ? "it said nothing" : `it said: ${text}`;
}

function judge(
  answer: string,
  values: readonly string[],
  meaning: Readonly<Record<string, "on" | "off">>,
): PowerReading | null {
  if (values.length === 0) return null;
  const [first = ""] = values;
  const kind = meaning[first.toLowerCase()];
  const agreed = values.every((value) => value.toLowerCase() === first.toLowerCase());
  if (kind === undefined || !agreed)
    return { kind: "unknown", why: `neither on nor off; ${quoteAnswer(answer)}` };
  return { kind };
}

function valuesOf(answer: string, pattern: RegExp): readonly string[] {
  return linesOf(answer).flatMap((line) => pattern.exec(line)?.[1] ?? []);
}

/** The complete lines without prompts: one that is cut off in the middle could say Off where `Offline` stood. */
function linesOf(answer: string): readonly string[] {
  return answer
    .replace(TERMINAL_CODES, "")
    .split(/[\r\n]+/)
    .slice(0, -1)
    .map((line) => line.trim().replace(PROMPT_AT_START, "").trim())
    .filter((line) => line !== "");
}
