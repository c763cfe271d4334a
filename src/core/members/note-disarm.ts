import { groupOf, hasMandate } from "../group/may-act.ts";
import type { Memory } from "../memory/memory.ts";
import type { PoolView } from "../model/pool-view.ts";
import type { Reason } from "../model/reason.ts";
import { hostName } from "./host-rows.ts";

interface Noted {
  readonly memory: Memory;
  readonly reasons: readonly Reason[];
}

/** Told by every host in its log, and by the one that leads as an alert: for what HA rests since the last round, and for what it does no more. */
export function noteDisarm(memory: Memory, view: PoolView): Noted {
  const roll = groupOf(view)?.roll ?? null;
  // What is not known is as it was.
  if (roll === null) return { memory, reasons: [] };
  const now = roll.disarms.map(({ host }) => host);
  const before = memory.disarmed;
  const mine = hasMandate(view);
  const named = (host: (typeof now)[number]) => (host === null ? null : hostName(memory, host));
  const begun = roll.disarms
    .filter(({ host }) => !before.includes(host))
    .map(({ host, leftMs }): Reason => {
      return { kind: "disarmed", host: named(host), minutes: Math.ceil(leftMs / 60_000), mine };
    });
  // HA that is switched off ends it, and does nothing either.
  const over = (roll.ha ? before : [])
    .filter((host) => !now.includes(host))
    .map((host): Reason => ({ kind: "armed", host: named(host), mine }));
  if (begun.length === 0 && before.every((host) => now.includes(host))) return { memory, reasons: [] };
  return { memory: { ...memory, disarmed: now }, reasons: [...over, ...begun] };
}
