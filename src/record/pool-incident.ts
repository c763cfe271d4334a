import type { EventVotes, PoolEvent } from "../core/model/pool-event.ts";

/** An event, and the name of the host whose record it is in. */
export type SeenEvent = PoolEvent & { readonly seenBy: string };

/** A host that was silent. Times are ISO 8601; null: that did not happen, or is in no record. */
export interface LostHost {
  readonly name: string;
  /** When its XAPI was silent while the host was alive: it restarts when another host becomes master. */
  readonly xapiSilentAt: string | null;
  readonly suspectAt: string | null;
  readonly failedAt: string | null;
  /** When a fence was begun, by whom, and with which votes. */
  readonly fenceAt: string | null;
  readonly decidedBy: string | null;
  readonly votes: EventVotes | null;
  /** Why attempts to fence it came to nothing. */
  readonly refusals: readonly string[];
  readonly offAt: string | null;
  readonly proved: boolean;
  readonly proof: string | null;
  readonly declaredAt: string | null;
  readonly backAt: string | null;
}

/** A VM that was started. */
export interface StartedVm {
  readonly name: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly by: string;
  readonly askedAt: string;
  readonly startedAt: string | null;
  readonly refusals: readonly string[];
}

/** A host that became master. */
export interface TakeOver {
  readonly host: string;
  readonly begunAt: string;
  readonly votes: EventVotes | null;
  /** Its xapi answered as master. */
  readonly doneAt: string | null;
  /** All members were back with it; null: not in these records, or an earlier version made them. */
  readonly wholeAt: string | null;
  readonly refusals: readonly string[];
}

/** What happened to a pool at one time, put together of what its hosts have recorded. */
export interface PoolIncident {
  /** `20261130-194349`: when it began, in UTC. */
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly headline: string;
  readonly hosts: readonly LostHost[];
  readonly takeOvers: readonly TakeOver[];
  readonly vms: readonly StartedVm[];
  readonly events: readonly SeenEvent[];
}

/** h2 before h10. */
export function compareNames(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

/** Was it lost? Not one whose XAPI alone was silent. */
export function wasLost({ suspectAt, failedAt, offAt }: LostHost): boolean {
  return suspectAt !== null || failedAt !== null || offAt !== null;
}
