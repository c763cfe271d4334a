import type { TieSight } from "../model/group-sight.ts";
import type { GroupState } from "./group.ts";
import { isAtPlace } from "./tie-name.ts";
import type { TieSight as AskedAt } from "./tie-wish.ts";
import { lackedTies, livesBy } from "./ties.ts";
import type { GroupTimings } from "./timings.ts";

/** The place of the roll's tie is another one than this host knows: it asks nobody for a claim (tie-wish.ts). */
const ELSEWHERE = "the hosts have agreed on another place than TIE_BREAKER_PLACE names on this host";

/** What is published of the tie of the roll; null: it has none. `tag`: of the place that the parameters of this host name. */
export function tieSight(state: GroupState, { nowMs, tag }: AskedAt, timings: GroupTimings): TieSight | null {
  const { voting, ties } = state;
  const { roll } = voting.stored;
  if (roll === null || roll.tie === null) return null;
  const { tie: name, hosts } = roll;
  const need = needOf(state, nowMs, timings);
  const isElsewhere = (need === "lacks" || need === "lost") && !isAtPlace(name, tag);
  const said = ties.said.get(name)?.answer ?? null;
  return {
    name,
    decides: hosts.length % 2 === 0,
    holder: voting.held.has(name) ? voting.self : said?.kind === "held" ? said.holder : null,
    need,
    trouble: isElsewhere ? ELSEWHERE : said?.kind === "unknown" ? said.why : null,
    troubleSinceMs: isElsewhere ? ties.lacksMs : said?.kind === "unknown" ? ties.silentMs : null,
  };
}

function needOf({ voting, ties }: GroupState, nowMs: number, timings: GroupTimings): TieSight["need"] {
  if (livesBy(voting, nowMs, timings).length > 0) return "lives";
  if (lackedTies(voting, nowMs, timings).length === 0) return "none";
  return ties.isLost ? "lost" : "lacks";
}
