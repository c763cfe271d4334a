/** By which a host counts as off when its lease is over (core/group/README.md, "The lease"). It has no agent. */
export const LEASE_METHOD = "WATCHDOG";

/** Do the leases of the hosts prove that they are off, by FENCE_METHOD? */
export function countsOnLease(methods: string): boolean {
  return methods.split(",").includes(LEASE_METHOD);
}
