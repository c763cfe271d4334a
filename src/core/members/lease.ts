import { groupOf, leaseOverHeardMs } from "../group/may-act.ts";
import type { Memory } from "../memory/memory.ts";
import type { HostUuid } from "../model/ids.ts";
import { countsOnLease } from "../model/lease-method.ts";
import type { PoolView } from "../model/pool-view.ts";

/**
 * Is this host off because its lease is over (core/group/README.md, "The lease")? Not when it has booted since this host has heard of the boot
 * that had the lease: without a monitor that would have said so it may run VMs. The pool database tells when it did, as soon as its xapi has
 * started, without which it runs none. What happened before this host heard of it first nobody here knows.
 */
export function isOffByLease(
  host: HostUuid,
  { lastGood }: Pick<Memory, "lastGood">,
  view: Pick<PoolView, "hearing" | "nowMs">,
): boolean {
  const heardMs = leaseOverHeardMs(view, host);
  if (heardMs === null) return false;
  const known = lastGood?.hosts.find(({ uuid }) => uuid === host);
  return known !== undefined && known.bootedAtMs < heardMs;
}

/**
 * May VMs be placed there? Where leases prove that a host is off, only when the host is heard in the boot that the roll has: of another boot the
 * group knows nothing yet, and would take the end of the lease before it for a proof.
 */
export function isEntered(host: HostUuid, view: Pick<PoolView, "hearing">, methods: string): boolean {
  return !countsOnLease(methods) || groupOf(view)?.roll?.entered.includes(host) === true;
}
