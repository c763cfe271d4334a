import { groupOf, hasMandate } from "../group/may-act.ts";
import { hostName } from "../members/host-rows.ts";
import { silentOnRoll, tieSaid } from "../members/tie-said.ts";
import { heardOnRoll } from "../members/vote.ts";
import type { Memory } from "../memory/memory.ts";
import type { GroupSight } from "../model/group-sight.ts";
import type { HostUuid } from "../model/ids.ts";
import type { PoolView } from "../model/pool-view.ts";
import type { Reason } from "../model/reason.ts";

/** An election takes seconds, and a group is founded as soon as all hosts are heard. */
const TELL_AFTER_MS = 60_000;

/** Since when this master has not been allowed to act; null: it is. */
export function notLeadingSince({ notLeadingSinceMs }: Memory, view: PoolView): number | null {
  return hasMandate(view) ? null : (notLeadingSinceMs ?? view.nowMs);
}

/** Why this master may not act for its pool, when that has lasted; null: it may, or it has only just begun. */
export function reportNotLeading(memory: Memory, view: PoolView): Reason | null {
  const sinceMs = memory.notLeadingSinceMs;
  if (sinceMs === null || view.nowMs - sinceMs < TELL_AFTER_MS) return null;
  const group = groupOf(view);
  if (group === null)
    return { kind: "not-leading", why: "its monitor does not exchange heartbeats with the other hosts" };
  return { kind: "not-leading", why: whyNot(group, memory, view) };
}

/** Whoever can be elected has been elected long before. */
const NOBODY_MS = 300_000;

/**
 * A slave tells that nobody leads the hosts of its pool, when that has lasted: nobody replaces a dead master then either. Told by the
 * hosts that count, whose administrator can do something about it, and by others where none of those is heard.
 */
export function reportNobodyLeads(memory: Memory, view: PoolView): Reason | null {
  const group = groupOf(view);
  if (group?.lead !== "none" || group.roll?.ha !== true || view.nowMs - group.sinceMs < NOBODY_MS)
    return null;
  const { hosts } = group.roll;
  const heard = heardOnRoll(view).length;
  // All of them are heard again: one is being elected.
  if (heard === hosts.length || (!hosts.includes(view.self.uuid) && heard > 0)) return null;
  return { kind: "nobody-leads", why: whyNot(group, memory, view) };
}

function whyNot(group: GroupSight, memory: Memory, view: PoolView): string {
  const { roll, awaited, leader, trouble } = group;
  const name = (host: HostUuid) => hostName(memory, host);
  if (trouble !== null) return `its vote cannot be stored (${trouble})`;
  if (roll === null && awaited.length > 0)
    return `the hosts are no group yet, and these are not heard, or do not follow this master: ${awaited.map(name).join(", ")}`;
  if (roll === null) return "this host is in no group yet";
  if (leader !== null && leader !== view.self.uuid) return `${name(leader)} does`;
  const heard = heardOnRoll(view);
  const silent = silentOnRoll(view, memory);
  if (!roll.hosts.includes(view.self.uuid)) {
    const told = heard.length === 0 ? "" : cure(silent, heard.map(name));
    return `it does not count until one that does leads, and hears ${listed(heard.map(name))} of ${listed(roll.hosts.map(name))}${told}`;
  }
  // Who hears fewer than half is most likely cut off: there a word would be a mistake.
  const isHalf = heard.length * 2 >= roll.hosts.length;
  const tie = tieSaid(view, memory);
  const lacks = tie === null ? "" : `, and ${tie}`;
  return `it hears ${heard.length} of the ${roll.hosts.length} voting hosts, itself included${lacks}${isHalf ? cure(silent, []) : ""}`;
}

const listed = (names: readonly string[]): string => (names.length === 0 ? "none" : names.join(" and "));

/** What a person can do about hosts that stay silent. `on`: this host's word would be for nothing, that of one of these would not. */
function cure(silent: readonly string[], on: readonly string[]): string {
  if (silent.length === 0) return "";
  const where = on.length === 0 ? "" : ` on ${on.join(" or ")}`;
  const is = silent.length > 1 ? "are" : "is";
  return `. If ${listed(silent)} ${is} off, run${where}: ${silent.map((host) => `ha-cfg confirm-off ${host}`).join("; ")}`;
}
