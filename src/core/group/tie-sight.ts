import type { TieSight } from "../model/group-sight.ts";
import type { GroupState } from "./group.ts";
import { isAtPlace } from "./tie-name.ts";
import type { TieSight as AskedAt } from "./tie-wish.ts";
import { lackedTies, livesBy } from "./ties.ts";
import type { GroupTimings } from "./timings.ts";

/** The place of the roll's tie is another one than this host knows: it asks nobody for a claim (tie-wish.ts). */
const ELSEWHERE = "the hosts have agreed on another place than TIE_BREAKER_PLACE names on this host";

/** So long a host waits before it claims, and then for the answer, and a little (tie-wish.ts, app/daemons/tie-keeper.ts). */
const CLAIM_MS = 30_000;

/** What is published of the tie of the roll; null: it has none. `tag`: of the place that the parameters of this host name. */
export function tieSight(state: GroupState, { nowMs, tag }: AskedAt, timings: GroupTimings): TieSight | null {
  const { voting, ties } = state;
  const { roll } = voting.stored;
  if (roll === null || roll.tie === null) return null;
  const { tie: name, hosts } = roll;
  const need = needOf(state, nowMs, timings);
  const isMissing = need === "lacks" || need === "lost";
  const isElsewhere = isMissing && !isAtPlace(name, tag);
  const last = ties.said.get(name) ?? null;
  const said = last?.answer ?? null;
  const isOpen = said === null || said.kind === "free";
  // What was said before it lacked a claim is no answer to one.
  const sinceMs = Math.max(last?.atMs ?? 0, ties.lacksMs ?? nowMs);
  return {
    name,
    decides: hosts.length % 2 === 0,
    holder: voting.held.has(name) ? voting.self : said?.kind === "held" ? said.holder : null,
    need,
    isClaiming: isMissing && !isElsewhere && isOpen && nowMs - sinceMs < CLAIM_MS,
    trouble: isElsewhere ? ELSEWHERE : said?.kind === "unknown" ? said.why : null,
    troubleSinceMs: isElsewhere ? ties.lacksMs : said?.kind === "unknown" ? ties.silentMs : null,
  };
}

function needOf({ voting, ties }: GroupState, nowMs: number, timings: GroupTimings): TieSight["need"] {
  if (livesBy(voting, nowMs, timings).length > 0) return "lives";
  if (lackedTies(voting, nowMs, timings).length === 0) return "none";
  return ties.isLost ? "lost" : "lacks";
}
