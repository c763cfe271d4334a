import type { Action } from "../../core/model/action.ts";
import { showName } from "../../core/model/plain-text.ts";
import type { OtherAction } from "../../record/what-if.ts";
import type { Replay } from "../replay-record.ts";
import { plainText, renderColumns } from "./text.ts";

/** So much of a value that differs is shown. */
const LONGEST_VALUE = 400;

const shown = (text: string): string => {
  const plain = plainText(text);
  return plain.length <= LONGEST_VALUE ? plain : `${plain.slice(0, LONGEST_VALUE)}…`;
};

/** `2026-11-30 19:43:49` in UTC, as the record has it. */
const time = (iso: string): string => shown(iso).slice(0, 19).replace("T", " ");

/** Who has written it, and how much there is. */
export function renderReplayHead(host: string, version: string, own: string, replay: Replay): string {
  const { rounds, passes, from, to } = replay;
  const span = from === null || to === null ? "" : `, ${time(from)} to ${time(to)} UTC`;
  const other =
    version === own
      ? ""
      : `It was recorded by version ${shown(version)}, and this is ${own}: what differs may be a change of the program.\n`;
  return `The record of ${showName(host)}: ${passes} passes, ${rounds} rounds${span}.\n${other}`;
}

export function renderUnread(unread: readonly string[]): string {
  return unread.map((why) => `Passed over: ${shown(why)}.\n`).join("");
}

/** Whether every round came to what it had come to. */
export function renderReplay({ rounds, difference }: Replay): string {
  if (difference === null)
    return rounds === 0 ? "There is no round in it.\n" : "Every round decides as it did then.\n";
  const { of, at, round, path, recorded, now } = difference;
  const where = path === "" ? "as a whole" : shown(path);
  const what = of === "decision" ? "decides otherwise" : "learns something else from what had ended";
  return [
    `Round ${round + 1} of the pass at ${time(at)} UTC ${what}: ${where}\n`,
    `  recorded  ${shown(recorded ?? "nothing")}\n`,
    `  now       ${shown(now ?? "nothing")}\n`,
  ].join("");
}

/** What other settings would have decided, in the order of time. */
export function renderWhatIf({ whatIf, names }: Replay, asked: string): string {
  if (whatIf === null || whatIf.length === 0)
    return `With ${shown(asked)} every decision would have been the same.\n`;
  const rows = [...whatIf]
    .sort((a, b) => firstOf(a) - firstOf(b))
    .map((other) => [
      time(new Date(firstOf(other)).toISOString()),
      actionText(other.action, names),
      whenText(other),
    ]);
  return [
    `With ${shown(asked)} these decisions would have been others (times in UTC):\n`,
    renderColumns(rows),
    "How the pool would have answered is in no record: what follows the first of them is decided from what was really seen.\n",
  ].join("");
}

const firstOf = ({ recordedAtMs, nowAtMs }: OtherAction): number =>
  Math.min(recordedAtMs ?? Number.MAX_SAFE_INTEGER, nowAtMs ?? Number.MAX_SAFE_INTEGER);

/** How the two sides compare, for people. */
export function whenText({ recordedAtMs, nowAtMs }: OtherAction): string {
  if (nowAtMs === null) return "not at all; it was decided then";
  if (recordedAtMs === null) return "then; it was not decided";
  const seconds = Math.round(Math.abs(recordedAtMs - nowAtMs) / 1_000);
  return nowAtMs < recordedAtMs ? `${seconds} s earlier` : `${seconds} s later`;
}

/** `fence-host h3`: what is done, and to whom by the name that people know. */
export function actionText(action: Action, names: ReadonlyMap<string, string>): string {
  const target =
    "name" in action
      ? action.name
      : "host" in action
        ? (names.get(action.host) ?? action.host)
        : "vm" in action
          ? action.vm
          : "key" in action
            ? action.key
            : "";
  return target === "" ? shown(action.kind) : `${shown(action.kind)} ${showName(String(target))}`;
}
