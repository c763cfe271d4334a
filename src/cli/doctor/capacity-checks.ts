import type { HostUuid } from "../../core/model/ids.ts";
import type { HostView } from "../../core/model/pool-view.ts";
import type { ListedVm } from "../../ports/pool-database.ts";
import { type Check, type Finding, findingsOf } from "./check.ts";
import { managedVms, vmNames } from "./managed-vms.ts";

const GIB = 1024 ** 3;

/** Whichever host dies, its VMs find memory on the others; the largest first, each where most is free. */
export const capacityCheck: Check = {
  name: "memory",
  limitMs: () => 1_000,
  async run(examination) {
    const { ok, warn } = findingsOf("memory");
    const { sight } = examination;
    const hosts = sight.database.ok ? sight.database.value.hosts.filter(({ enabled }) => enabled) : [];
    const managed = managedVms(examination);
    if (hosts.length < 2 || managed.length === 0) return [];
    if (hosts.some(({ freeMemoryBytes }) => freeMemoryBytes === "unknown")) return [];
    const found = hosts.flatMap((host): readonly Finding[] => {
      const { homeless, missingBytes } = placeElsewhere(host, hosts, managed);
      if (homeless.length === 0) return [];
      const text = `when ${host.name} dies, ${vmNames(homeless)} cannot be started: the other hosts lack ${(missingBytes / GIB).toFixed(1)} GiB of memory`;
      return [warn(text, "give the hosts more memory, the VMs less, or shut down what is not needed")];
    });
    return found.length > 0 ? found : [ok("whichever host dies, the others have memory for its VMs")];
  },
};

function placeElsewhere(host: HostView, hosts: readonly HostView[], managed: readonly ListedVm[]) {
  const residents = new Set<string>(host.residents.map(({ uuid }) => uuid));
  const vms = managed
    .filter(({ uuid }) => residents.has(uuid))
    .sort((a, b) => b.memoryBytes - a.memoryBytes || (a.uuid < b.uuid ? -1 : 1));
  const free = new Map<HostUuid, number>();
  for (const { uuid, freeMemoryBytes } of hosts)
    if (uuid !== host.uuid && freeMemoryBytes !== "unknown") free.set(uuid, freeMemoryBytes);
  const homeless: string[] = [];
  let missingBytes = 0;
  for (const { name, memoryBytes } of vms) {
    const [best, bytes] = [...free].reduce((most, one) => (one[1] > most[1] ? one : most));
    if (bytes >= memoryBytes) free.set(best, bytes - memoryBytes);
    else {
      homeless.push(name);
      missingBytes += memoryBytes - Math.max(bytes, 0);
    }
  }
  return { homeless, missingBytes };
}
