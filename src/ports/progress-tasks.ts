import type { FailoverTask } from "../core/alerts/failover-tasks.ts";

/**
 * Tasks in XAPI, which XenCenter and Xen Orchestra show with their progress. It only tells: nothing waits for it but the end of a pass, for
 * two seconds at the most, and what XAPI refuses is left.
 */
export interface ProgressTasks {
  /** All that are under way now; those that were shown and are not among them have ended. */
  show(tasks: readonly FailoverTask[]): void;
  /** Waits until the last of it is told, for two seconds at the most. Never rejects. */
  end(): Promise<void>;
}
