import type { CoreSettings } from "../core/model/settings.ts";
import type { RecordText } from "../ports/record.ts";
import type { RecordedRound } from "../record/recorded.ts";
import { parseRecorded } from "../record/recorded-text.ts";
import { type ReplayDifference, replay } from "../record/replay.ts";
import { type OtherAction, WhatIf } from "../record/what-if.ts";

/** What came of running a record through the core once more. */
export interface Replay {
  readonly rounds: number;
  readonly passes: number;
  /** ISO 8601, of the first and the last round; null: there is none. */
  readonly from: string | null;
  readonly to: string | null;
  /** Parts of the file that are no rounds any more, or that this version does not understand. */
  readonly unread: readonly string[];
  /** The first one; null: there is none. */
  readonly difference: (ReplayDifference & { readonly at: string; readonly round: number }) | null;
  /** What other settings would have decided; null: nobody has asked. */
  readonly whatIf: readonly OtherAction[] | null;
  /** Names of hosts by uuid, as the record has them. */
  readonly names: ReadonlyMap<string, string>;
}

/** So many parts that cannot be read are named. */
const MOST_UNREAD = 5;

/**
 * Reads a record to its end, or to the first difference.
 * @param change other settings to try; null: none, so that every round has to come to what it came to
 */
export function replayRecord(texts: Iterable<RecordText>, change: Partial<CoreSettings> | null): Replay {
  const whatIf = change === null ? null : new WhatIf(change);
  const unread: string[] = [];
  const passes = new Set<number>();
  const names = new Map<string, string>();
  let rounds = 0;
  let [from, to]: [string | null, string | null] = [null, null];
  let difference: Replay["difference"] = null;
  let before: RecordedRound | null = null;
  for (const text of texts) {
    const parsed = "wrong" in text ? { ok: false as const, why: text.wrong } : parseRecorded(text.text);
    if (!parsed.ok || "wrong" in text) {
      if (unread.length < MOST_UNREAD && !parsed.ok)
        unread.push("wrong" in text ? text.wrong : `${text.head.at}: ${parsed.why}`);
      continue;
    }
    const { recorded } = parsed;
    const { at } = text.head;
    if (whatIf === null) {
      const found = replay(recorded, before);
      if (found !== null) difference = { ...found, at, round: recorded.round };
    }
    if (recorded.kind === "round") {
      const fault = whatIf === null ? null : faultOf(() => whatIf.take(recorded));
      if (fault !== null && unread.length < MOST_UNREAD) unread.push(`${at}: no decision: ${fault}`);
      before = recorded;
      rounds += 1;
      passes.add(recorded.passMs);
      from ??= at;
      to = at;
      const hosts = recorded.decided.memory.lastGood?.hosts ?? [];
      for (const { uuid, name } of hosts) names.set(uuid, name);
    }
    if (difference !== null) break;
  }
  const found = whatIf?.found ?? null;
  return { rounds, passes: passes.size, from, to, unread, difference, whatIf: found, names };
}

/** What a core says that cannot decide something: a record that was made up may be anything. */
function faultOf(task: () => void): string | null {
  try {
    task();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
