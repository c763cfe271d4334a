import { asAdministrator } from "./administrator.ts";
import {
  crashVm,
  migrateVm,
  partition,
  resetHost,
  restartToolstack,
  setBmc,
  setMaintenance,
  setPoolKey,
  setPower,
  setRoute,
  setWatchdog,
  setXapi,
  setXapiHa,
  shutDownVm,
  stepWallClock,
  systemctlXapi,
  type UnitVerb,
  type WatchdogState,
  type XapiState,
} from "./control.ts";
import { disableHost, enableHost, evacuateHost } from "./host-work.ts";
import { revertVm, shutDownHost, snapshotVm, stopVm } from "./stops.ts";
import type { BmcState, SimHost, World } from "./world.ts";
import { killXenopsd } from "./xenopsd.ts";

/** An order to the world: `{verb, …}` with plain values, from `POST /do` or a scenario's script. */
export type Order = { readonly verb: string; readonly [detail: string]: unknown };

const POWER_STATES: readonly BmcState[] = ["up", "dead", "slow", "lying"];
const WATCHDOG_STATES: readonly WatchdogState[] = ["free", "taken", "missing"];
const UNIT_VERBS: readonly UnitVerb[] = ["stop", "start", "restart"];
const XAPI_STATES: readonly XapiState[] = ["run", "stop", "kill", "hang", "slow", "broken"];

/**
 * Carries out one order. Throws with a sentence when it cannot be understood, so that a slip in a story is not a quiet
 * nothing.
 */
export function obey(world: World, order: Order): void {
  const verb = VERBS[order.verb];
  if (verb === undefined)
    throw new Error(`Cannot obey ${order.verb}: no such verb (${Object.keys(VERBS).join(", ")})`);
  verb(world, order);
}

const VERBS: Readonly<Record<string, (world: World, order: Order) => void>> = {
  power: (world, order) => setPower(world, hostOf(world, order["host"]), flag(order, "on")),
  /** Dom0's own shutdown or reboot by an administrator. */
  "host-shutdown": (world, order) => shutDownHost(world, hostOf(world, order["host"]), flag(order, "reboot")),
  reset: (world, order) => resetHost(world, hostOf(world, order["host"])),
  xapi: (world, order) => setXapi(world, hostOf(world, order["host"]), one(XAPI_STATES, order["state"])),
  /** kill -9 of xenopsd. */
  "xenopsd-kill": (world, order) => killXenopsd(world, hostOf(world, order["host"])),
  "toolstack-restart": (world, order) => restartToolstack(world, hostOf(world, order["host"])),
  /** What systemd of the host is told to do with xapi. */
  systemctl: (world, order) =>
    systemctlXapi(world, hostOf(world, order["host"]), one(UNIT_VERBS, order["do"])),
  link: (world, order) => {
    const { to } = order;
    if (typeof to !== "number" && typeof to !== "string") throw new Error(`Cannot use link to ${String(to)}`);
    world.setLink(hostOf(world, order["from"]).number, to, flag(order, "up"));
  },
  route: (world, order) =>
    setRoute(world, hostOf(world, order["host"]), String(order["address"]), flag(order, "unreachable")),
  partition: (world, order) => partition(world, order["groups"] as number[][]),
  heal: (world) => world.mendAllLinks(),
  vm: doToVm,
  /** Whether xapi's own disk is full, where its database is. */
  "database-disk": (world, order) => {
    hostOf(world, order["host"]).databaseDiskFull = flag(order, "full");
  },
  /** `xe pool-emergency-transition-to-master` by an administrator, on a slave. */
  "promote-by-hand": (world, order) => {
    const { number } = hostOf(world, order["host"]);
    void asAdministrator(world, number, [["pool.emergency_transition_to_master", []]]);
  },
  /** `xe pool-designate-new-master` by an administrator, on the master. */
  designate: (world, order) => {
    const { ref } = hostOf(world, order["host"]);
    void asAdministrator(world, null, [["pool.designate_new_master", [ref]]]);
  },
  maintenance: (world, order) => setMaintenance(world, hostOf(world, order["host"]), flag(order, "on")),
  /** `xe host-disable`, `xe host-enable` and `xe host-evacuate`, as XenCenter, Xen Orchestra and rolling updates call them. */
  "host-disable": (world, order) => disableHost(world, hostOf(world, order["host"])),
  "host-enable": (world, order) => enableHost(world, hostOf(world, order["host"])),
  evacuate: (world, order) => evacuateHost(world, hostOf(world, order["host"])),
  /** The pool's HA flag. */
  ha: (world, order) => setPoolKey(world, "XenCenter.CustomFields.ha-lizard-enabled", String(order["on"])),
  /** XAPI's own HA. */
  "xapi-ha": (world, order) => setXapiHa(world, flag(order, "on")),
  param: (world, order) => {
    const { name, value } = order;
    setPoolKey(world, `HA_${String(name)}`, value === null ? null : String(value));
  },
  "clock-step": (world, order) => stepWallClock(world, hostOf(world, order["host"]), Number(order["byMs"])),
  watchdog: (world, order) =>
    setWatchdog(world, hostOf(world, order["host"]), one(WATCHDOG_STATES, order["state"])),
  bmc: (world, order) => setBmc(world, hostOf(world, order["host"]), one(POWER_STATES, order["state"])),
};

function doToVm(world: World, order: Order): void {
  const vm = world.vmNamed(String(order["vm"]));
  const what = order["do"];
  if (what === "crash") crashVm(world, vm);
  else if (what === "shutdown") shutDownVm(world, vm);
  else if (what === "stop") stopVm(world, vm, one(["clean", "hard"], order["how"]));
  else if (what === "snapshot") snapshotVm(world, vm);
  else if (what === "revert") revertVm(world, vm);
  else if (what === "migrate") migrateVm(world, vm, hostOf(world, order["host"]));
  else if (what === "start") {
    void startVm(world, vm.ref, order["host"] === undefined ? null : hostOf(world, order["host"]));
  } else
    throw new Error(`Cannot ${String(what)} a VM: crash, shutdown, stop, snapshot, revert, migrate or start`);
}

/** As an administrator would: through the master's xapi. */
async function startVm(world: World, vm: string, on: SimHost | null): Promise<void> {
  const call = on === null ? "VM.start" : "VM.start_on";
  const params = on === null ? [vm, false, false] : [vm, on.ref, false, false];
  await asAdministrator(world, null, [[call, params]]);
}

function hostOf(world: World, number: unknown): SimHost {
  if (typeof number !== "number") throw new Error(`Cannot use host ${String(number)}: not a number`);
  return world.host(number);
}

function flag(order: Order, name: string): boolean {
  const value = order[name];
  if (typeof value !== "boolean") throw new Error(`Cannot obey ${order.verb}: ${name} is not true or false`);
  return value;
}

function one<T extends string>(allowed: readonly T[], value: unknown): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new Error(`Cannot use ${String(value)}: one of ${allowed.join(", ")}`);
  return found;
}
