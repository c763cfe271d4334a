import type { DisarmWord } from "../model/disarm-words.ts";
import { type Disarm, type DisarmRecord, type DisarmWatch, leftOf, MOST_DISARMS } from "./disarm.ts";
import type { Roll } from "./roll.ts";

/** So often the time that is left is written into the roll anew, for hosts whose monitors start. */
const RENEW_MS = 60_000;
/** A leader that has been elected writes at once what it has counted, for the next one may be elected before that. */
const RENEW_FIRST_MS = 1_000;

/** The whole pool always has its place. */
const MOST_HOSTS_AT_REST = MOST_DISARMS - 1;

interface Sight {
  readonly nowMs: number;
  /** In the pool database; none where this host is not the named master. */
  readonly words: readonly DisarmWord[];
  readonly haWished: boolean;
  /** The roll is changed in any case. */
  readonly isChanging: boolean;
}

/**
 * What the roll should have of it. Words are taken once, in their order. What is over goes out, and so does all of it when HA is switched off:
 * whoever switches it on again wants it to act.
 */
export function wantedDisarm(
  watch: DisarmWatch,
  { id, disarm }: Pick<Roll, "id" | "disarm">,
  { nowMs, words, haWished, isChanging }: Sight,
): DisarmRecord {
  const news = words.filter((word) => word.id > disarm.word);
  const word = news.at(-1)?.id ?? disarm.word;
  if (!haWished) return disarm.of.length === 0 && word === disarm.word ? disarm : { word, of: [] };
  const left = leftOf(watch, nowMs);
  const sinceMs = nowMs - watch.sinceMs;
  const isDue = sinceMs >= (isChanging || id.version === 1 ? RENEW_FIRST_MS : RENEW_MS);
  const isOver = left.some(({ leftMs }) => leftMs === 0);
  if (news.length === 0 && !isOver && !(isDue && left.length > 0)) return disarm;
  return { word, of: news.reduce(takeWord, left).filter(({ leftMs }) => leftMs > 0) };
}

/** `ha-cfg arm` without a host ends it for all of them. */
function takeWord(of: readonly Disarm[], { host, forS }: DisarmWord): readonly Disarm[] {
  if (host === null && forS === 0) return [];
  const others = of.filter((one) => one.host !== host);
  if (forS === 0) return others;
  const hosts = others.filter((one) => one.host !== null).length;
  return hosts < (host === null ? MOST_DISARMS : MOST_HOSTS_AT_REST)
    ? [...others, { host, leftMs: forS * 1_000 }]
    : of;
}
