import type { HostUuid, VmUuid } from "../../../../src/core/model/ids.ts";
import type { PlacementHost, PlacementVm } from "../../../../src/core/placement/problem.ts";

/*
 * A second opinion: every placement that there is, told apart by a cost that is reckoned from the whole, without a line of what
 * the program uses.
 */

/** VMs without a host, by rank; pairs of a group on one host; VMs on spare hosts; hosts that are overdrawn; VMs away from home. null: not allowed. */
export function costOf(
  vms: readonly PlacementVm[],
  hosts: readonly PlacementHost[],
  at: ReadonlyMap<VmUuid, HostUuid>,
): readonly number[] | null {
  const ranks = [...new Set(vms.map(({ rank }) => rank))].sort((a, b) => a - b);
  const lost = ranks.map((rank) => vms.filter((vm) => vm.rank === rank && !at.has(vm.uuid)).length);
  let pairs = 0;
  let spare = 0;
  let overdrawn = 0;
  let away = 0;
  for (const host of hosts) {
    const here = vms.filter(({ uuid }) => at.get(uuid) === host.uuid);
    for (const { storages, networks, cpus } of here) {
      if (storages.some((one) => host.storages !== null && !host.storages.has(one))) return null;
      if (networks.some((one) => host.networks !== null && !host.networks.has(one))) return null;
      if (host.cpus !== null && cpus > host.cpus) return null;
    }
    const least = here.reduce((sum, vm) => sum + vm.leastMemoryBytes, 0);
    const most = here.reduce((sum, vm) => sum + vm.memoryBytes, 0);
    if (host.squeezedFreeBytes !== "unknown" && least > host.squeezedFreeBytes) return null;
    if (host.freeBytes !== "unknown" && most > host.freeBytes) overdrawn += 1;
    if (host.isSpare) spare += here.length;
    away += here.filter(({ affinity }) => affinity !== null && affinity !== host.uuid).length;
    const groups = new Set([...host.apart, ...here.flatMap(({ apart }) => apart)]);
    for (const group of groups) {
      const there = host.apart.filter((one) => one === group).length;
      const more = here.filter(({ apart }) => apart.includes(group)).length;
      pairs += there * more + (more * (more - 1)) / 2;
    }
  }
  return [...lost, pairs, spare, overdrawn, away];
}

export function cheapest(
  vms: readonly PlacementVm[],
  hosts: readonly PlacementHost[],
): readonly number[] | null {
  const choices = [null, ...hosts.map(({ uuid }) => uuid)];
  let best: readonly number[] | null = null;
  for (let number = 0; number < choices.length ** vms.length; number++) {
    const at = new Map<VmUuid, HostUuid>();
    let rest = number;
    for (const { uuid } of vms) {
      const host = choices[rest % choices.length];
      rest = Math.floor(rest / choices.length);
      if (host != null) at.set(uuid, host);
    }
    const cost = costOf(vms, hosts, at);
    if (cost !== null && (best === null || isCheaper(cost, best))) best = cost;
  }
  return best;
}

function isCheaper(a: readonly number[], b: readonly number[]): boolean {
  const level = a.findIndex((one, index) => one !== b[index]);
  return level >= 0 && (a[level] ?? 0) < (b[level] ?? 0);
}
