import { asAdministrator } from "./administrator.ts";
import { masterDatabases, migrateVm } from "./control.ts";
import type { Fields } from "./database.ts";
import type { SimHost, World } from "./world.ts";

/** What people, XenCenter, Xen Orchestra and `pool.rolling` updates do with a host before they restart it, and after that. */

/** `xe host-disable`: until a person enables it, or XAPI does with its next start. */
export function disableHost(world: World, host: SimHost): void {
  void asAdministrator(world, null, [["host.disable", [host.ref]]]);
}

/** `xe host-enable`. */
export function enableHost(world: World, host: SimHost): void {
  void asAdministrator(world, null, [["host.enable", [host.ref]]]);
}

/** A VM is on its way for so long. */
const MOVE_MS = 10_000;
const TASK = "OpaqueRef:evacuation";

/** `xe host-evacuate`: its VMs go to hosts that are enabled, one after the other; until then that stands in its current_operations. */
export function evacuateHost(world: World, host: SimHost): void {
  world.record("evacuate", { host: host.number });
  setWork(world, host, true);
  moveNext(world, host, host.bootCount);
}

function moveNext(world: World, host: SimHost, boot: number): void {
  world.clock.schedule(MOVE_MS, () => {
    const [uuid] = host.domains.keys();
    const vm = uuid === undefined ? undefined : world.vms.get(uuid);
    const isOver = host.bootCount !== boot || !host.power || vm === undefined;
    const to = isOver ? undefined : targetOf(world, host);
    if (vm !== undefined && to !== undefined && migrateVm(world, vm, to)) moveNext(world, host, boot);
    else setWork(world, host, false);
  });
}

function targetOf(world: World, from: SimHost): SimHost | undefined {
  const [database] = masterDatabases(world);
  const able = world.hosts.filter(
    (host) => host !== from && database?.get("host", host.ref)?.["enabled"] === true,
  );
  return able.sort((a, b) => a.domains.size - b.domains.size)[0];
}

function setWork(world: World, host: SimHost, isOn: boolean): void {
  for (const database of masterDatabases(world)) {
    const { [TASK]: _, ...others } = (database.get("host", host.ref)?.["current_operations"] ?? {}) as Fields;
    database.update("host", host.ref, {
      current_operations: isOn ? { ...others, [TASK]: "evacuate" } : others,
    });
  }
}
