import { type HostUuid, hostUuid, isUuid } from "./ids.ts";

/** `pool.other_config`: the words of administrators about disarming, `<id>.<pool or host uuid>.<seconds>` with blanks between; 0 s: armed again. */
export const DISARM_KEY = "ha-lizard-disarm";

/** For longer HA is switched off. */
export const LONGEST_DISARM_S = 24 * 60 * 60;
/** One for each host of the largest pool, and one for the pool. */
export const MOST_WORDS = 65;

/** `ha-cfg disarm`, or `ha-cfg arm`. */
export interface DisarmWord {
  /** Later words have higher ones: seconds of the wall clock when it was given, or more. */
  readonly id: number;
  /** null: the whole pool. */
  readonly host: HostUuid | null;
  /** For so long; 0: no longer. */
  readonly forS: number;
}

/** The words in the pool's keys, the oldest first; what is not one is left out. */
export function readDisarmWords(otherConfig: Readonly<Record<string, string>>): readonly DisarmWord[] {
  const texts = (otherConfig[DISARM_KEY] ?? "").split(" ").slice(0, MOST_WORDS);
  return texts.flatMap((text) => readWord(text) ?? []).sort((a, b) => a.id - b.id);
}

function readWord(text: string): DisarmWord | null {
  const parts = /^([1-9][0-9]{0,13})\.(pool|[0-9a-f-]{36})\.([0-9]{1,6})$/.exec(text);
  const [, id, target = "", seconds] = parts ?? [];
  const forS = Number(seconds);
  if (parts === null || forS > LONGEST_DISARM_S || (target !== "pool" && !isUuid(target))) return null;
  return { id: Number(id), host: target === "pool" ? null : hostUuid(target), forS };
}

/** The words of both, each once, the oldest first. */
export function joinWords(a: readonly DisarmWord[], b: readonly DisarmWord[]): readonly DisarmWord[] {
  const text = (word: DisarmWord) => writeDisarmWords([word]);
  return [...new Map([...a, ...b].map((word) => [text(word), word])).values()].sort((x, y) => x.id - y.id);
}

/** The id of a new word: later than those before it, whatever the clock of the host that gives it says. */
export function nextWordId(before: readonly number[], wallMs: number): number {
  return Math.max(Math.floor(wallMs / 1_000), ...before.map((id) => id + 1));
}

/** As they stand in DISARM_KEY. */
export function writeDisarmWords(words: readonly DisarmWord[]): string {
  return words.map(({ id, host, forS }) => `${id}.${host ?? "pool"}.${forS}`).join(" ");
}
