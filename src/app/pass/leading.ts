import { hasMandate } from "../../core/group/may-act.ts";
import type { Result } from "../../core/model/action.ts";
import type { LocalView, PoolView } from "../../core/model/pool-view.ts";
import type { Clock } from "../../ports/clock.ts";
import { OVER } from "../../ports/deadline.ts";
import type { HearingReader } from "../../ports/group.ts";
import { readHearing } from "./read-hearing.ts";

/** What is needed to know whether this host leads. */
export interface LeadingPorts {
  readonly ports: { readonly clock: Clock; readonly hearing: HearingReader };
  readonly self: Pick<LocalView, "uuid" | "bootId">;
}

export const NOT_LEADING: Result = { kind: "held", why: "this host does not lead the group any more" };

export const DISARMED: Result = { kind: "held", why: "HA is disarmed (ha-cfg disarm)" };

/** So often it is looked whether the mandate still holds while something lasts. */
const LOOK_MS = 500;

/** The group as the monitor says it is now: what was published is read first, and then the clock. */
export async function sightNow({ ports, self }: LeadingPorts): Promise<Pick<PoolView, "hearing" | "nowMs">> {
  const hearing = await readHearing(ports, self);
  return { hearing, nowMs: ports.clock.uptimeMs() };
}

/** Why something that lasts is not needed any more, by what the group says now; null: it is. */
export type Needless = (sight: Pick<PoolView, "hearing" | "nowMs">) => Result | null;

/**
 * Does something that lasts, as long as this host leads: it is told to end when the mandate is over, and then its success counts
 * for nothing, for another host may have acted meanwhile. It ends, too, or does not begin, when it is not needed any more.
 */
export async function whileLeading(
  leading: LeadingPorts,
  signal: AbortSignal,
  act: (signal: AbortSignal) => Promise<Result>,
  needless: Needless = () => null,
): Promise<Result> {
  const whyNot = async () => {
    const sight = await sightNow(leading);
    return hasMandate(sight) ? needless(sight) : NOT_LEADING;
  };
  if (signal.aborted) return NOT_LEADING;
  let why = await whyNot();
  if (why !== null) return why;
  const over = new AbortController();
  const end = () => over.abort(OVER);
  if (signal.aborted) end();
  signal.addEventListener("abort", end, { once: true });
  const done = act(over.signal).finally(end);
  while (!over.signal.aborted) {
    why = await whyNot();
    if (why !== null) end();
    else await leading.ports.clock.sleep(LOOK_MS, over.signal);
  }
  signal.removeEventListener("abort", end);
  const result = await done;
  why ??= hasMandate(await sightNow(leading)) ? null : NOT_LEADING;
  return why ?? result;
}
