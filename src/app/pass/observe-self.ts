import type { LocalView } from "../../core/model/pool-view.ts";
import type { Clock } from "../../ports/clock.ts";
import { withDeadline } from "../../ports/deadline.ts";
import type { LocalHost } from "../../ports/local-host.ts";

/** What this host knows of itself; null when it does not even know who it is, or not within `limitMs`. */
export function observeSelf(
  ports: { readonly clock: Clock; readonly localHost: Pick<LocalHost, "observe"> },
  limitMs: number,
  signal: AbortSignal,
): Promise<LocalView | null> {
  return withDeadline(
    ports.clock,
    limitMs,
    signal,
    (inner) => ports.localHost.observe(inner),
    () => null,
  );
}
