import { asAdministrator } from "./administrator.ts";
import { masterDatabases, setPower } from "./control.ts";
import type { Fields } from "./database.ts";
import type { SimHost, SimVm, World } from "./world.ts";

/** The ways in which a VM may come to stand still that are somebody's wish. */

/** `xe vm-shutdown`, or with `--force`, by a client of the master's xapi. */
export function stopVm(world: World, vm: SimVm, how: "clean" | "hard"): void {
  void asAdministrator(world, null, [[`VM.${how}_shutdown`, [vm.ref]]]);
}

/** What a revert puts back; XAPI keeps more of it. */
const SNAPSHOTS = new WeakMap<SimVm, Fields>();

/** `xe vm-snapshot`. */
export function snapshotVm(world: World, vm: SimVm): void {
  const [database] = masterDatabases(world);
  if (database === undefined) throw new Error("Cannot take a snapshot: no host serves as master");
  const { other_config, ha_restart_priority } = database.must("VM", vm.ref);
  SNAPSHOTS.set(vm, { other_config: other_config ?? {}, ha_restart_priority: ha_restart_priority ?? "" });
  world.record("vm-snapshot", { vm: vm.name });
}

/**
 * `xe snapshot-revert`: a VM that runs is stopped first, as by a client, and stays halted; other_config and the restart priority are
 * those of the snapshot (adapters/xapi/README.md, "What was meant").
 */
export function revertVm(world: World, vm: SimVm): void {
  const snapshot = SNAPSHOTS.get(vm);
  if (snapshot === undefined) throw new Error(`Cannot revert ${vm.name}: it has no snapshot`);
  const runs = world.hosts.some(({ domains }) => domains.has(vm.uuid));
  const stop = runs ? ([["VM.hard_shutdown", [vm.ref]]] as const) : [];
  void asAdministrator(world, null, stop).then(() => {
    world.record("vm-reverted", { vm: vm.name });
    for (const database of masterDatabases(world)) database.update("VM", vm.ref, snapshot);
  });
}

/** `xe vm-param-set ha-restart-priority=…`; on a running VM it sets ha_always_run, too. */
export function setRestartPriority(world: World, vm: SimVm, priority: string): void {
  world.record("vm-changed", { vm: vm.name });
  for (const database of masterDatabases(world)) {
    const runs = database.must("VM", vm.ref)["power_state"] === "Running";
    const always = runs ? { ha_always_run: priority === "restart" } : {};
    database.update("VM", vm.ref, { ha_restart_priority: priority, ...always });
  }
}

/** One key of the VM's other_config; null takes it away. */
export function setVmKey(world: World, vm: SimVm, key: string, value: string | null): void {
  world.record("vm-changed", { vm: vm.name });
  for (const database of masterDatabases(world)) {
    const { [key]: _, ...others } = database.must("VM", vm.ref)["other_config"] as Fields;
    database.update("VM", vm.ref, { other_config: value === null ? others : { ...others, [key]: value } });
  }
}

/** Dom0 goes down this long after its VMs were told to. */
const DOM0_ENDS_MS = 10_000;

/**
 * Dom0 is shut down, or rebooted: it stops its VMs through XAPI, exactly as a client does, while the host is still enabled and live
 * (adapters/xapi/README.md, "What was meant"); some seconds later the host is off.
 */
export function shutDownHost(world: World, host: SimHost, reboot: boolean): void {
  if (!host.power) return;
  world.record("host-shutdown", { host: host.number });
  const refs = [...host.domains.keys()].flatMap((uuid) => world.vms.get(uuid)?.ref ?? []);
  for (const ref of refs) void asAdministrator(world, null, [["VM.hard_shutdown", [ref]]]);
  const boot = host.bootCount;
  world.clock.schedule(DOM0_ENDS_MS, () => {
    if (host.bootCount !== boot) return;
    setPower(world, host, false);
    if (reboot) setPower(world, host, true);
  });
}
