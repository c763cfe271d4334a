import { groupOf, leaseOverSinceMs } from "../group/may-act.ts";
import type { Memory } from "../memory/memory.ts";
import type { HostUuid } from "../model/ids.ts";
import { countsOnLease } from "../model/lease-method.ts";
import type { PoolView } from "../model/pool-view.ts";

/**
 * Is this host off because its lease is over (core/group/README.md, "The lease")? Not when its xapi has started since: then it has booted,
 * without a monitor that would have said so, and may run VMs.
 */
export function isOffByLease(host: HostUuid, { lastGood }: Memory, view: PoolView): boolean {
  const sinceMs = leaseOverSinceMs(view, host);
  if (sinceMs === null) return false;
  const known = lastGood?.hosts.find(({ uuid }) => uuid === host);
  return known !== undefined && known.xapiStartedAtMs < sinceMs;
}

/**
 * May VMs be placed there? Where leases prove that a host is off, only when the host is heard in the boot that the roll has: of another boot the
 * group knows nothing yet, and would take the end of the lease before it for a proof.
 */
export function isEntered(host: HostUuid, view: Pick<PoolView, "hearing">, methods: string): boolean {
  return !countsOnLease(methods) || groupOf(view)?.roll?.entered.includes(host) === true;
}
