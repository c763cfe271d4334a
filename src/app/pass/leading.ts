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

/** So often it is looked whether the mandate still holds while something lasts. */
const LOOK_MS = 500;

/** The group as the monitor says it is now: what was published is read first, and then the clock. */
export async function sightNow({ ports, self }: LeadingPorts): Promise<Pick<PoolView, "hearing" | "nowMs">> {
  const hearing = await readHearing(ports, self);
  return { hearing, nowMs: ports.clock.uptimeMs() };
}

/**
 * Does something that lasts, as long as this host leads: it is told to end when the mandate is over, and then its success counts
 * for nothing, for another host may have acted meanwhile.
 */
export async function whileLeading(
  leading: LeadingPorts,
  signal: AbortSignal,
  act: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  if (signal.aborted || !hasMandate(await sightNow(leading))) return NOT_LEADING;
  const over = new AbortController();
  const end = () => over.abort(OVER);
  if (signal.aborted) end();
  signal.addEventListener("abort", end, { once: true });
  const done = act(over.signal).finally(end);
  let leads = true;
  while (!over.signal.aborted) {
    leads = hasMandate(await sightNow(leading));
    if (!leads) end();
    else await leading.ports.clock.sleep(LOOK_MS, over.signal);
  }
  signal.removeEventListener("abort", end);
  const result = await done;
  leads &&= hasMandate(await sightNow(leading));
  return leads ? result : NOT_LEADING;
}
