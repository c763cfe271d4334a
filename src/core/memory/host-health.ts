import { type Check, isFlag, isNumber, nullOr, objectOf, oneOf } from "./shape.ts";

/**
 * One peer as this host sees it. `alive` and `xapi-down` are alive (core/README.md, "Is a peer alive?"): a toolstack restart must not
 * cost a host its life.
 */
export interface HostHealth {
  readonly state: "alive" | "xapi-down" | "suspect" | "failed";
  readonly sinceMs: number;
  /** Failed retries so far, XAPI_DELAY apart; the probe that raised the suspicion is not one. */
  readonly failedRetries: number;
  readonly lastRetryMs: number;
  /** XAPI has been silent since, while ICMP may answer; null while it answers. */
  readonly xapiSilentSinceMs: number | null;
  /** The last probe's ICMP answer: a host that fails although it answers ping is told apart at the fence. */
  readonly pings: boolean;
}

export const isHostHealth: Check<HostHealth> = objectOf<HostHealth>({
  state: oneOf({ alive: true, "xapi-down": true, suspect: true, failed: true }),
  sinceMs: isNumber,
  failedRetries: isNumber,
  lastRetryMs: isNumber,
  xapiSilentSinceMs: nullOr(isNumber),
  pings: isFlag,
});
