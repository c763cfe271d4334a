import { fenceLimitMs } from "../app/pass/fence.ts";
import type { Settings } from "../config/params.ts";
import { fenceMethods, methodProves } from "../core/fencing/fence-policy.ts";
import { countsOnLease } from "../core/model/lease-method.ts";

/** Until the monitors miss a host, and the pass that this wakes has asked it once. */
const MISSED_S = 6;

/** So long a host is silent until it counts as failed, in seconds: about. */
export function silenceS({ XAPI_COUNT, XAPI_DELAY }: Settings): number {
  return MISSED_S + XAPI_COUNT * XAPI_DELAY;
}

/** How it would be proved that the host is off. */
export interface Proof {
  readonly text: string;
  /** Seconds; null: there is no proof that could be waited for. */
  readonly atMostS: number | null;
}

/** By which of its ways this pool would prove that a host is off, as its parameters have it. */
export function proofOf(settings: Settings, hosts: number): Proof {
  const { FENCE_ENABLED, FENCE_MIN_HOSTS, FENCE_METHOD, FENCE_ACTION, FENCE_WATCHDOG_TIMEOUT } = settings;
  if (!FENCE_ENABLED) return { text: "not at all: FENCE_ENABLED=0", atMostS: null };
  if (hosts < FENCE_MIN_HOSTS)
    return { text: `not at all: fewer than ${FENCE_MIN_HOSTS} hosts (FENCE_MIN_HOSTS)`, atMostS: null };
  if (FENCE_ACTION === "start") return { text: "not at all: FENCE_ACTION=start", atMostS: null };
  const methods = fenceMethods(FENCE_METHOD);
  const proving = methods.filter(methodProves);
  const leases = countsOnLease(FENCE_METHOD) ? [`its lease (${FENCE_WATCHDOG_TIMEOUT} s)`] : [];
  const ways = [...proving, ...leases];
  if (ways.length === 0)
    return { text: `not at all: FENCE_METHOD=${FENCE_METHOD} switches nothing off`, atMostS: null };
  const agentsS = proving.length === 0 ? 0 : fenceLimitMs(settings) / 1_000;
  return { text: ways.join(", else "), atMostS: Math.max(agentsS, leases.length * FENCE_WATCHDOG_TIMEOUT) };
}
