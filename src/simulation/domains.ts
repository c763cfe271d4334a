import type { SimHost, World } from "./world.ts";

/** A copy of the VM runs on `host` from now on; what that breaks is written down. */
export function createDomain(world: World, host: SimHost, vm: string): void {
  if (host.domains.has(vm)) return;
  host.domains.set(vm, { vm, sinceMs: world.nowMs() });
  world.record("domain-started", { host: host.number, vm: nameOf(world, vm) });
  judge(world, vm);
}

/** The copy on `host` runs no more, and `why` it does not. True if there was one. */
export function destroyDomain(
  world: World,
  host: SimHost,
  vm: string,
  why: string,
  details: { readonly known?: false } = {},
): boolean {
  if (!host.domains.delete(vm)) return false;
  world.record("domain-ended", { host: host.number, vm: nameOf(world, vm), why, ...details });
  return true;
}

/** Numbers of the hosts on which a copy of the VM runs. */
export function hostsRunning(world: World, vm: string): number[] {
  return world.hosts.filter((host) => host.domains.has(vm)).map((host) => host.number);
}

function judge(world: World, vm: string): void {
  const hosts = hostsRunning(world, vm);
  if (hosts.length < 2) return;
  const atMs = world.nowMs();
  const name = nameOf(world, vm);
  world.violations.push({ atMs, what: "vm-twice", vm: name, hosts });
  world.record("vm-twice", { vm: name, hosts });
  const disk = world.vms.get(vm)?.disk;
  if (disk !== 0) return;
  world.violations.push({ atMs, what: "disk-two-writers", vm: name, hosts });
  world.record("disk-two-writers", { vm: name, hosts });
}

function nameOf(world: World, vm: string): string {
  return world.vms.get(vm)?.name ?? vm;
}
