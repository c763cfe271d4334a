import { groupOf, hostsOnRoll } from "../group/may-act.ts";
import type { Memory } from "../memory/memory.ts";
import type { PoolView } from "../model/pool-view.ts";
import { hostName } from "./host-rows.ts";
import { heardOnRoll } from "./vote.ts";

/**
 * Why this host, which lacks nothing else, has not got the exclusive vote of the roll: the end of a sentence. null: it lacks more than
 * that, or nothing, or its claim is under way.
 */
export function tieSaid(view: Pick<PoolView, "hearing">, memory: Memory): string | null {
  const tie = groupOf(view)?.tie ?? null;
  if (tie === null || (tie.need !== "lacks" && tie.need !== "lost")) return null;
  if (tie.holder !== null) return `${hostName(memory, tie.holder)} has claimed the tie`;
  const silent = tie.trouble === null ? null : `the tie cannot be claimed (${tie.trouble})`;
  if (tie.need === "lacks") return silent;
  const lost = "the claim of the tie by which it led is gone";
  return silent === null ? lost : `${lost}, and ${silent}`;
}

/** The names of the hosts that count and are not heard. */
export function silentOnRoll(view: PoolView, memory: Memory): readonly string[] {
  const heard = heardOnRoll(view);
  return hostsOnRoll(view)
    .filter((host) => !heard.includes(host))
    .map((host) => hostName(memory, host));
}
