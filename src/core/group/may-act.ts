import type { ActionKind } from "../model/action.ts";
import type { GroupSight } from "../model/group-sight.ts";
import type { HostUuid } from "../model/ids.ts";
import type { PoolView } from "../model/pool-view.ts";

type Sight = Pick<PoolView, "hearing" | "nowMs">;

/** The group as the monitor of this host sees it; null: it says nothing. */
export function groupOf({ hearing }: Pick<PoolView, "hearing">): GroupSight | null {
  return hearing === "unknown" ? null : hearing.group;
}

/**
 * The XAPI master as the group has agreed on it, where this host is part of the group now, and the roll is settled; null: that is not known.
 */
export function namedIn(group: GroupSight | null): HostUuid | null {
  if (group?.roll?.settled !== true) return null;
  return ["leads", "elected", "hears"].includes(group.lead) ? group.roll.master : null;
}

/** The hosts whose votes count; none where this host is in no group. */
export function hostsOnRoll(view: Pick<PoolView, "hearing">): readonly HostUuid[] {
  return groupOf(view)?.roll?.hosts ?? [];
}

/** Has an administrator confirmed on this host that that one is off, and has nothing come from it since? */
export function isConfirmedOff(view: Pick<PoolView, "hearing">, host: HostUuid): boolean {
  return groupOf(view)?.confirmedOff.includes(host) === true;
}

/** When the lease of a host will be over that is not heard, by the leader; null: it has none that this host may count on. */
export function leaseEndsMs(view: Pick<PoolView, "hearing">, host: HostUuid): number | null {
  return groupOf(view)?.leases.find((one) => one.host === host)?.endsMs ?? null;
}

/** When that boot of a host was heard of last whose lease is over; null: its lease is not, or this host has never heard of that boot. */
export function leaseOverHeardMs(view: Sight, host: HostUuid): number | null {
  if (!hasMandate(view)) return null;
  return groupOf(view)?.leaseOver.find((one) => one.host === host)?.heardMs ?? null;
}

/** May this host act for the pool now? Only one host may at a time: the leader of the group, until its mandate ends. */
export function hasMandate(view: Sight): boolean {
  const untilMs = groupOf(view)?.mandateUntilMs ?? null;
  return untilMs !== null && view.nowMs <= untilMs;
}

/** Has the group that this host leads left that one out, for it was off? This host may have rebooted since and not know why. */
export function isLeftOut(host: HostUuid, view: Sight): boolean {
  const roll = groupOf(view)?.roll ?? null;
  return hasMandate(view) && roll?.settled === true && !roll.hosts.includes(host);
}

/** So long nobody knows of a leader before somebody stands for election, if one can be elected. */
const ELECTION_MS = 4_000;

/** Is a leader being elected? That takes seconds, and until then nobody has a quorum, which is not worth a word. */
export function isElecting(view: Sight): boolean {
  const group = groupOf(view);
  if (group?.tie?.need === "lacks" || group?.tie?.need === "lost") return isClaiming(view);
  if (group?.lead === "stands" || group?.lead === "elected") return true;
  return group?.lead === "none" && view.nowMs - group.sinceMs < ELECTION_MS;
}

/** Is a claim of the tie under way, by which this host may be elected in a moment? */
export function isClaiming(view: Pick<PoolView, "hearing">): boolean {
  return groupOf(view)?.tie?.isClaiming === true;
}

/**
 * What only the leader begins. A fence is left out: an administrator may have chosen that a host without mandate may begin one
 * (core/members/vote.ts). What concerns this host alone, or is a mere note in the pool database, anybody may do.
 */
const LEADERS: ReadonlySet<ActionKind> = new Set<ActionKind>([
  "start-vm",
  "start-appliance",
  "declare-host-dead",
  "forget-host",
  "switch-on-host",
  "enable-host",
  "restart-xapi",
  "correct-database",
  "promote-self",
]);

/** Does only the leader begin such an action? */
export const isLeaders = (kind: ActionKind): boolean => LEADERS.has(kind);

/** May this host begin such an action now? */
export function mayAct(kind: ActionKind, view: Sight): boolean {
  return !isLeaders(kind) || hasMandate(view);
}
