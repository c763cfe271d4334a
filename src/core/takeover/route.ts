import { groupOf, hasMandate } from "../group/may-act.ts";
import { isHeardNow } from "../members/heard.ts";
import { type HostRow, hostRows, rowOf } from "../members/host-rows.ts";
import { countsAsOff } from "../memory/incident.ts";
import type { Memory } from "../memory/memory.ts";
import type { PromotionPhase } from "../memory/promotion.ts";
import type { Round, Step } from "../memory/step.ts";
import type { HostUuid } from "../model/ids.ts";
import type { PoolView } from "../model/pool-view.ts";
import { whenDue } from "../pace/back-off.ts";

/** Whatever else is known: an old master that is back cannot be heard by this way. */
const LONGEST_MS = 60_000;
const PHASES: ReadonlySet<PromotionPhase> = new Set<PromotionPhase>(["promoting", "righting", "righted"]);

/**
 * The address of the old master, to which a new one lets nothing pass while its xapi starts: that asks every other host whether it is
 * master, and one without power costs it a time-out of ten seconds, in which no VM can be started on it. Only while a device says that it is
 * off, nothing is heard of it, and the own start or the declaration is still to come; core/README.md, "The route". null: none.
 */
export function wantedRoute(memory: Memory, round: Round): string | null {
  const { view } = round;
  const { promotion } = memory;
  const oldMaster = promotion?.oldMaster ?? null;
  if (promotion === null || oldMaster === null || !PHASES.has(promotion.phase)) return null;
  if (view.nowMs - promotion.sinceMs >= LONGEST_MS || !isInOffice(memory, view)) return null;
  const rows = hostRows(memory, view);
  const row = rowOf(rows, oldMaster);
  const { incident, address } = row;
  if (incident === null || !countsAsOff(incident) || !incident.proved || incident.isWord) return null;
  if (hasGivenASign(row)) return null;
  if (incident.phase === "declared" && view.self.initCompleteAtMs !== null) return null;
  return address === null || address === "" || isOfAnother(address, oldMaster, [...rows.values()])
    ? null
    : address;
}

/** Named, leading, and with HA on. A roll that is changed meanwhile, and not settled yet, takes nothing away. */
function isInOffice({ lastGood }: Memory, view: PoolView): boolean {
  const roll = groupOf(view)?.roll;
  return hasMandate(view) && roll?.master === view.self.uuid && roll.ha === true && lastGood?.haFlag === "on";
}

function hasGivenASign({ isAlive, heard, probe }: HostRow): boolean {
  if (isAlive || isHeardNow(heard)) return true;
  if (probe === null) return false;
  return probe.icmp === "answered" || probe.xapi === "answered" || probe.follows.kind !== "unknown";
}

function isOfAnother(address: string, host: HostUuid, rows: readonly HostRow[]): boolean {
  return rows.some(({ uuid, address: first, record, known }) => {
    if (uuid === host) return false;
    const others = [...(record?.otherAddresses ?? []), ...(known?.otherAddresses ?? [])];
    return first === address || known?.address === address || others.includes(address);
  });
}

/** In every round, whatever this host is: what it has blocked and is not wanted any more, by the memory that the round leaves, ends. */
export function endRoutes(step: Step, round: Round): Step {
  const { blockedRoutes } = round.view.self;
  const wanted = wantedRoute(step.memory, round);
  if (blockedRoutes.every((address) => address === wanted)) return step;
  return { ...step, actions: [...step.actions, ...whenDue({ kind: "unblock-routes" }, round)] };
}
