import type { Settings } from "../../config/params.ts";
import { asksHeuristicIps, tieClaims } from "../../config/tie-breaker.ts";
import { isAtPlace } from "../../core/group/tie-name.ts";
import type { GroupSight } from "../../core/model/group-sight.ts";
import type { HostUuid } from "../../core/model/ids.ts";
import type { NamedUuid, TieStatus } from "./status-report.ts";

/** What decides between two halves; null: nothing needs to, and nothing could. */
export function tieStatus(
  { roll, tie, tieTest }: GroupSight,
  settings: Settings,
  named: (host: HostUuid) => NamedUuid,
  nowMs: number,
): TieStatus | null {
  if (roll === null) return null;
  const breaker = asksHeuristicIps(settings) ? "ip" : settings.TIE_BREAKER;
  const claims = tieClaims(settings);
  const decides = roll.hosts.length % 2 === 0;
  const ageS = (ms: number) => Math.max(0, Math.round((nowMs - ms) / 1_000));
  const tested =
    tieTest === null || tieTest.place !== claims?.place
      ? null
      : { ageS: ageS(tieTest.atMs), wrong: tieTest.wrong, sinceS: ageS(tieTest.sinceMs) };
  if (tie === null) {
    if (!decides && claims === null) return null;
    const holder = decides ? named(roll.master) : null;
    const silent = { need: "none", trouble: null, troubleS: null } as const;
    return { breaker, decides, by: "master", holder, place: claims?.place ?? null, ...silent, tested };
  }
  const { holder, need, trouble, troubleSinceMs } = tie;
  return {
    breaker,
    decides,
    by: "claim",
    holder: holder === null ? null : named(holder),
    place: isAtPlace(tie.name, claims?.tag ?? null) ? (claims?.place ?? null) : null,
    need,
    trouble,
    troubleS: troubleSinceMs === null ? null : ageS(troubleSinceMs),
    tested,
  };
}
