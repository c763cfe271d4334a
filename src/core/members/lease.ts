import { groupOf, leaseOverHeardMs } from "../group/may-act.ts";
import type { Memory } from "../memory/memory.ts";
import type { HostUuid } from "../model/ids.ts";
import { countsOnLease } from "../model/lease-method.ts";
import type { PoolView } from "../model/pool-view.ts";

/**
 * So long after it was heard last the end of its lease proves that the master is off: it was reset, and boots. Its own database, which nobody else can read,
 * would tell of that, and a person may start VMs there by hand. The longest lease counted by two leaders in turn takes eleven minutes.
 */
const PROVES_MASTER_MS = 15 * 60_000;

/**
 * Is this host off because its lease is over (core/group/README.md, "The lease")? Not when it has booted since this host has heard of the boot
 * that had the lease: without a monitor that would have said so it may run VMs. The pool database tells when it did, as soon as its xapi has
 * started, without which it runs none; that of a dead master tells nothing, so its lease proves no longer than `PROVES_MASTER_MS`. What happened before this host heard of it first nobody here knows.
 */
export function isOffByLease(
  host: HostUuid,
  { lastGood }: Pick<Memory, "lastGood">,
  view: Pick<PoolView, "hearing" | "nowMs">,
): boolean {
  const heardMs = leaseOverHeardMs(view, host);
  if (heardMs === null) return false;
  if (lastGood?.master === host && view.nowMs - heardMs > PROVES_MASTER_MS) return false;
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
