import type { TieSight } from "../model/group-sight.ts";
import type { GroupState } from "./group.ts";
import { lackedTies, livesBy } from "./ties.ts";
import type { GroupTimings } from "./timings.ts";

/** What is published of the tie of the roll; null: it has none. */
export function tieSight(state: GroupState, nowMs: number, timings: GroupTimings): TieSight | null {
  const { voting, ties } = state;
  const { roll } = voting.stored;
  if (roll === null || roll.tie === null) return null;
  const { tie: name, hosts } = roll;
  const said = ties.said.get(name)?.answer ?? null;
  return {
    name,
    decides: hosts.length % 2 === 0,
    holder: voting.held.has(name) ? voting.self : said?.kind === "held" ? said.holder : null,
    need: needOf(state, nowMs, timings),
    trouble: said?.kind === "unknown" ? said.why : null,
  };
}

function needOf({ voting, ties }: GroupState, nowMs: number, timings: GroupTimings): TieSight["need"] {
  if (livesBy(voting, nowMs, timings).length > 0) return "lives";
  if (lackedTies(voting, nowMs, timings).length === 0) return "none";
  return ties.isLost ? "lost" : "lacks";
}
