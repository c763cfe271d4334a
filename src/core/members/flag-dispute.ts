import { groupOf } from "../group/may-act.ts";
import type { LastGoodView } from "../memory/last-good.ts";
import type { PoolView } from "../model/pool-view.ts";

/** Whether HA is on where nobody can read it any more. `disputed`: not all that speak have read the same. */
export type LastFlag = "on" | "off" | "disputed";

/**
 * HA by the last words about it, where the master that knows it has died. A host may not have read since it was switched on or off: its
 * service was stopped while somebody worked on the master, or it had just booted. Which of two words is the newer one nobody can tell, and a
 * master that somebody works on must not be replaced; so only where nobody says otherwise, nor the roll, it is on.
 */
export function lastFlag({ haFlag }: LastGoodView, view: Pick<PoolView, "hearing">): LastFlag {
  const isOn = haFlag === "on";
  const words = view.hearing === "unknown" ? [] : view.hearing.peers.map(({ own }) => own?.haWished ?? null);
  const isDisputed = words.includes(!isOn) || groupOf(view)?.roll?.ha === !isOn;
  if (isDisputed) return "disputed";
  return isOn ? "on" : "off";
}
