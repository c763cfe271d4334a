import type { Alert } from "../../model/alert.ts";
import type { PoolReport } from "../pool-report.ts";

/** What one mail is about. */
export interface AlertMail {
  /** The worst first; not empty. */
  readonly alerts: readonly Alert[];
  /** How the pool stands. */
  readonly report: PoolReport;
  /** Milliseconds of Clock.uptimeMs and of the wall at one moment, so that times can be shown. */
  readonly nowMs: number;
  readonly wallMs: number;
}
