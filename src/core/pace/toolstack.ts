import type { ToolstackSilence } from "../memory/toolstack.ts";
import type { Action } from "../model/action.ts";
import type { PoolView } from "../model/pool-view.ts";

/** A toolstack that is silent for this long is not merely restarting (a real one is whole after 9 s). */
const AT_LEAST_S = 60;

/**
 * Watches this host's own xapi, which peers see as "xapi down": it is restarted, once per incident, in half of the time in which they would
 * lose patience were this monitor not heard (XAPI_DOWN_TOLERANCE). One that is held is silent on purpose.
 */
export function stepToolstack(
  previous: ToolstackSilence | null,
  view: PoolView,
  settings: { readonly XAPI_DOWN_TOLERANCE: number },
): { readonly toolstack: ToolstackSilence | null; readonly actions: readonly Action[] } {
  if (view.self.xapiAnswers) return { toolstack: null, actions: [] };
  // The restart of a slave is a hold: that its xapi is held begins no new incident.
  if (view.self.heldSinceMs !== null)
    return { toolstack: previous?.restarted === true ? previous : null, actions: [] };
  const silent = previous ?? { silentSinceMs: view.nowMs, restarted: false };
  const patienceMs = Math.max(AT_LEAST_S, settings.XAPI_DOWN_TOLERANCE / 2) * 1_000;
  if (silent.restarted || view.nowMs - silent.silentSinceMs < patienceMs)
    return { toolstack: silent, actions: [] };
  return { toolstack: { ...silent, restarted: true }, actions: [{ kind: "restart-toolstack" }] };
}
