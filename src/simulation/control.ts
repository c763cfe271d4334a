import { localSr, pifRef, SHARED_SR } from "./build.ts";
import { type Database, NULL_REF } from "./database.ts";
import { createDomain, destroyDomain } from "./domains.ts";
import { bootedRate, uptimeOf } from "./host-clock.ts";
import type { BmcState, SimHost, SimVm, World, XapiProcess } from "./world.ts";
import { poolDatabase } from "./xapi/connection.ts";
import { releaseLocks } from "./xapi/locks.ts";
import { endXapi, pause, setFrozen } from "./xapi/process.ts";
import { restartXapi, startXapi } from "./xapi/start.ts";
import { setHalted, setRunning } from "./xapi/vm-state.ts";
import { dropStarts } from "./xenopsd.ts";

/** What may happen to the world from outside: the verbs of scenarios, of the random ring and of `POST /do`. */

/** Cuts or gives power. Without it nothing runs; with it the host boots, and xapi starts some time later. */
export function setPower(world: World, host: SimHost, on: boolean): void {
  if (host.power === on || (on && host.gone)) return;
  if (on) {
    host.power = true;
    host.bootCount += 1;
    host.bootedAtMs = world.nowMs();
    host.rate = bootedRate(world.nowMs(), host.rate.perMs);
    world.record("power-on", { host: host.number });
    const boot = host.bootCount;
    world.clock.schedule(world.timings.bootMs, () => {
      if (host.power && host.bootCount === boot) startXapi(world, host);
    });
  } else {
    host.power = false;
    host.xapiStopped = false;
    host.heldSinceMs = null;
    host.routes.clear();
    clearWatchdog(world, host);
    world.record("power-off", { host: host.number });
    endXapi(world, host, "power-off", "kill");
    dropStarts(host);
    for (const vm of [...host.domains.keys()]) destroyDomain(world, host, vm, "power-off");
  }
  world.topologyChanged();
}

function disarmAll({ watchdog }: Pick<SimHost, "watchdog">): void {
  for (const { fires } of watchdog.slots) fires.cancel();
  watchdog.slots = [];
}

/** A host without power has nothing armed. By the time at which a slot would have fired it is off in any case. */
function clearWatchdog(world: World, { watchdog, number }: SimHost): void {
  const [first] = watchdog.slots;
  disarmAll({ watchdog });
  if (first === undefined) return;
  const leftMs = first.firesAtMs - world.nowMs();
  world.clock.schedule(leftMs, () => world.record("lease-ended", { host: number }));
}

/** The host dies and never comes back. */
export function loseForGood(world: World, host: SimHost): void {
  host.gone = true;
  world.record("gone-for-good", { host: host.number });
  setPower(world, host, false);
}

/** Off and on again at once, as a reset or sysrq does. */
export function resetHost(world: World, host: SimHost): void {
  setPower(world, host, false);
  setPower(world, host, true);
}

export type XapiState = "run" | "stop" | "kill" | "hang" | "slow" | "broken";

/** What each call to a slow xapi takes: more than XE_TIMEOUT's default. */
const SLOW_MS = 7_000;

/**
 * `stop` ends xapi cleanly, `hang` stops it with a signal, `slow` makes each call last 7 s; each until `run`. `kill` is a
 * crash: it comes back by itself, a master with the database on its disk.
 */
export function setXapi(world: World, host: SimHost, state: XapiState): void {
  world.record("xapi", { host: host.number, state });
  host.slowMs = state === "slow" ? SLOW_MS : 0;
  if (state === "broken" || state === "run") host.xapiBroken = state === "broken";
  if (state === "broken") endXapi(world, host, "broken", "kill");
  else if (state === "stop") endXapi(world, host, "stopped", "stop");
  else if (state === "kill") restartXapi(world, host, "killed", "kill");
  else if (state === "hang" && host.xapi !== null) setFrozen(world, host.xapi, true);
  else if (state === "run" && host.xapi !== null) setFrozen(world, host.xapi, false);
  else if (state === "run") {
    host.xapiStopped = false;
    startXapi(world, host);
  }
  world.topologyChanged();
}

/** It starts xapi whatever has stopped it; a note that it is held stays. */
export function restartToolstack(world: World, host: SimHost): void {
  if (!host.power) return;
  host.xapiStopped = false;
  restartXapi(world, host, "toolstack-restart");
}

export type UnitVerb = "stop" | "start" | "restart";

/** `systemctl stop|start|restart xapi`, by whomever. A hung xapi is killed at once, where systemd waits. */
export function systemctlXapi(world: World, host: SimHost, verb: UnitVerb): void {
  if (!host.power) return;
  host.xapiStopped = verb === "stop";
  if (verb === "stop") endXapi(world, host, "stopped by systemctl", "stop");
  else if (verb === "start") startXapi(world, host);
  else restartXapi(world, host, "restarted by systemctl");
}

/** By the program of the host, which has noted before that it holds it. */
export function holdXapi(world: World, host: SimHost): void {
  if (host.heldSinceMs === null) {
    host.heldSinceMs = uptimeOf(world, host);
    world.record("xapi-held", { host: host.number });
  }
  systemctlXapi(world, host, "stop");
}

/** By the program of the host; false: it was not held. */
export function releaseXapi(world: World, host: SimHost): boolean {
  if (host.heldSinceMs === null) return false;
  host.heldSinceMs = null;
  world.record("xapi-released", { host: host.number });
  systemctlXapi(world, host, "start");
  return true;
}

/**
 * Sets or removes an unreachable route (`ip route add unreachable <address>/32`). Connections that stand end with it, as with
 * `ss -K dst <address>` after it.
 */
export function setRoute(world: World, host: SimHost, address: string, isUnreachable: boolean): void {
  if (!host.power || host.routes.has(address) === isUnreachable) return;
  if (isUnreachable) host.routes.add(address);
  else host.routes.delete(address);
  world.record(isUnreachable ? "route-blocked" : "route-unblocked", { host: host.number, address });
  world.topologyChanged();
}

/** All that it has; false: none. */
export function unblockRoutes(world: World, host: SimHost): boolean {
  const blocked = [...host.routes];
  for (const address of blocked) setRoute(world, host, address, false);
  return blocked.length > 0;
}

/** Hosts of different groups do not reach each other; hosts in no group are alone. */
export function partition(world: World, groups: readonly (readonly number[])[]): void {
  const groupOf = (host: number) => groups.findIndex((group) => group.includes(host));
  for (const { number: from } of world.hosts) {
    for (const { number: to, secondAddress } of world.hosts) {
      if (from === to) continue;
      const together = groupOf(from) >= 0 && groupOf(from) === groupOf(to);
      world.setLink(from, to, together);
      if (secondAddress !== null) world.setLink(from, `second${to}`, together);
    }
  }
}

/** Maintenance mode: disabled so that nothing but its end enables the host again. VMs stay where they are. */
export function setMaintenance(world: World, host: SimHost, on: boolean): void {
  host.stayDisabled = on;
  world.record("maintenance", { host: host.number, on });
  for (const database of masterDatabases(world)) database.update("host", host.ref, { enabled: !on });
}

export type WatchdogState = "free" | "taken" | "missing";

/** `taken`: something else has one of the two slots, as xen-watchdog.service; `missing`: there is no xenwatchdogd. */
export function setWatchdog(world: World, host: SimHost, state: WatchdogState): void {
  host.watchdog.foreign = state === "taken" ? 1 : 0;
  host.watchdog.isMissing = state === "missing";
  world.record("watchdog", { host: host.number, state });
}

/** XAPI's own HA, which makes this program stand down. Its start destroys both slots of each watchdog, whoever has armed them. */
export function setXapiHa(world: World, on: boolean): void {
  world.record("xapi-ha", { on });
  for (const host of world.hosts) {
    host.haArmed = on;
    if (on) disarmAll(host);
  }
  for (const database of masterDatabases(world)) {
    for (const pool of database.refs("pool")) database.update("pool", pool, { ha_enabled: on });
  }
}

/** Writes a key into the pool's other_config, as an administrator's tool does; null removes it. */
export function setPoolKey(world: World, key: string, value: string | null): void {
  world.record("pool-key", { key, value });
  for (const database of masterDatabases(world)) {
    for (const [ref, pool] of database.entries("pool")) {
      const { [key]: _, ...others } = pool["other_config"] as Record<string, string>;
      database.update("pool", ref, { other_config: value === null ? others : { ...others, [key]: value } });
    }
  }
}

export function setBmc(world: World, host: SimHost, state: BmcState): void {
  host.bmc = state;
  world.record("bmc", { host: host.number, state });
}

/** A copy of the VM ends by itself, wherever one runs; XAPI notices when it can. */
export function crashVm(world: World, vm: SimVm): void {
  for (const host of world.hosts) killDomain(world, host, vm.uuid, "crash");
}

/** Ends a host's copy of a VM and lets its xapi notice. True if there was one. */
export function killDomain(world: World, host: SimHost, uuid: string, why: string): boolean {
  if (!destroyDomain(world, host, uuid, why)) return false;
  const { xapi } = host;
  if (xapi !== null) void noticeDomainGone(world, xapi, uuid);
  return true;
}

async function noticeDomainGone(world: World, xapi: XapiProcess, uuid: string): Promise<void> {
  await pause(world, xapi, world.timings.eventBatchMs);
  const database = await poolDatabase(world, xapi);
  const ref = database.findByUuid("VM", uuid);
  if (ref === undefined || xapi.host.domains.has(uuid)) return;
  releaseLocks(database, xapi.host.ref, (vm) => vm === uuid);
  if (database.must("VM", ref)["resident_on"] === xapi.host.ref) setHalted(database, ref);
}

/** `Host.address` in the database, as it is while a management interface has none: "" for a healthy host. */
export function setAddress(world: World, host: SimHost, address: string): void {
  world.record("address", { host: host.number, address });
  for (const database of masterDatabases(world)) {
    database.update("host", host.ref, { address });
    database.update("PIF", pifRef("management", host), { IP: address });
  }
}

/** Moves a running VM as a live migration does; refused without a trace when something is in the way. */
export function migrateVm(world: World, vm: SimVm, to: SimHost): boolean {
  const from = world.hosts.find((host) => host.domains.has(vm.uuid));
  const database = from === undefined ? null : databaseSeenBy(from);
  const ready = from !== undefined && from !== to && to.power && to.xapi?.serving === true;
  if (database === null || !ready || !world.reaches(from.number, to.number)) return false;
  if (database.get("VM", vm.ref)?.["resident_on"] !== from.ref) return false;
  destroyDomain(world, from, vm.uuid, "migrate");
  releaseLocks(database, from.ref, (uuid) => uuid === vm.uuid);
  createDomain(world, to, vm.uuid);
  setRunning(database, vm.ref, to.ref);
  return true;
}

/** Unplugs storage from hosts, or plugs it again: the local SR of one host, or on every host the shared one. */
export function setStorage(world: World, sr: "shared" | SimHost, attached: boolean): void {
  const ref = sr === "shared" ? SHARED_SR : localSr(sr.number);
  world.record("storage", { sr: sr === "shared" ? sr : `h${sr.number}`, attached });
  for (const database of masterDatabases(world)) {
    for (const pbd of database.must("SR", ref)["PBDs"] as readonly string[])
      database.update("PBD", pbd, { currently_attached: attached });
  }
}

/** Databases of the hosts whose xapi serves as master; without a living one, the disk of the last. */
export function masterDatabases(world: World) {
  const masters = world.hosts.filter((host) => host.xapi?.role.kind === "master" && host.xapi.serving);
  const hosts = masters.length > 0 ? masters : world.hosts.filter((host) => host.poolConf === "master");
  return hosts.map((host) => host.database);
}

/** The pool database that a host can see now: its own as a serving master, its master's while it is connected. */
export function databaseSeenBy(host: SimHost): Database | null {
  const { xapi } = host;
  if (xapi === null || !xapi.serving) return null;
  if (xapi.role.kind === "master") return host.database;
  return xapi.connected ? (xapi.master?.host.database ?? null) : null;
}

/** The state in which a VM stays down: by its own wish. */
export function shutDownVm(world: World, vm: SimVm): void {
  crashVm(world, vm);
  for (const database of masterDatabases(world)) {
    if (database.get("VM", vm.ref)?.["resident_on"] === NULL_REF) continue;
    const on = world.hosts.find((host) => host.ref === database.must("VM", vm.ref)["resident_on"]);
    if (on?.power === true) setHalted(database, vm.ref);
  }
}

/** The host's wall clock jumps; its uptime does not. */
export function stepWallClock(world: World, host: SimHost, byMs: number): void {
  host.wallStepMs += byMs;
  world.record("clock-step", { host: host.number, byMs });
}
