import type { LocalView } from "../core/model/pool-view.ts";

/** What this host knows of itself: pool.conf, inventory, cookies, domains, own xapi. */
export interface LocalHost {
  /** Never rejects; what cannot be read is `unknown` in the view, and an unreadable inventory is `null`. */
  observe(signal: AbortSignal): Promise<LocalView | null>;
  /** Restarts the toolstack of this host only. */
  restartToolstack(signal: AbortSignal): Promise<void>;
  /** Restarts the machine at once, without asking anyone (sysrq). Does not come back. */
  rebootNow(): Promise<void>;
}
