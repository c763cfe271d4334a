import type { Database } from "../database.ts";
import type { SimHost, World, XapiProcess } from "../world.ts";
import { answersTo, pause, until } from "./process.ts";

/**
 * xapi's own watchdog ends a database connection that was silent for this long (adapters/xapi/README.md, "A slave whose
 * master is dead").
 */
const CONNECTION_RESET_MS = 120_000;
const RETRY_FIRST_MS = 2_000;
const RETRY_LAST_MS = 256_000;

/** The master process that a slave could connect to now, if any. */
export function reachableMaster(world: World, slave: XapiProcess): XapiProcess | null {
  if (slave.role.kind !== "slave") return null;
  const host = world.hostAt(slave.role.address);
  const process = host?.xapi ?? null;
  if (host === undefined || process === null || !answersTo(world, slave.host.number, host)) return null;
  return process.role.kind === "master" && process.serving ? process : null;
}

/** Looks at every slave's connection after something changed: lost ones are noticed, possible ones retried. */
export function watchConnections(world: World): void {
  for (const host of world.hosts) {
    const process = host.xapi;
    if (process?.role.kind === "slave" && process.serving) watch(world, process);
  }
}

function watch(world: World, slave: XapiProcess): void {
  const master = reachableMaster(world, slave);
  if (slave.connected) {
    if (master === slave.master) return;
    slave.connected = false;
    slave.lostAtMs = world.nowMs();
    world.record("slave-blocked", { host: slave.host.number });
  }
  // A frozen process tries nothing; it is looked at again when it goes on.
  if (master === null || slave.frozen || slave.retryAtMs !== null) return;
  const outageMs = world.nowMs() - slave.lostAtMs;
  connectIn(
    world,
    slave,
    Math.max(retryWaitMs(outageMs, master === slave.master), tooSoonMs(world, slave, master)),
  );
}

/** How long it is still too soon for a connection to a master's process that is another one than before. */
function tooSoonMs(world: World, slave: XapiProcess, master: XapiProcess): number {
  if (master === slave.master) return 0;
  return Math.max(0, slave.lostAtMs + world.timings.reconnectMs - world.nowMs());
}

function connectIn(world: World, slave: XapiProcess, waitMs: number): void {
  const atMs = world.nowMs() + waitMs;
  slave.retryAtMs = atMs;
  world.clock.schedule(waitMs, () => {
    if (slave.retryAtMs !== atMs) return;
    slave.retryAtMs = null;
    if (slave.alive && !slave.connected) connect(world, slave);
  });
}

/**
 * A connection whose other end is still the same process goes on as TCP's retransmissions reach it; a broken one is
 * tried again after 2, 4, 8 … 256 s.
 */
function retryWaitMs(outageMs: number, sameMaster: boolean): number {
  if (sameMaster && outageMs < CONNECTION_RESET_MS) return Math.min(outageMs / 2, 10_000);
  let attemptMs = 0;
  let stepMs = RETRY_FIRST_MS;
  while (attemptMs < outageMs) {
    attemptMs += stepMs;
    stepMs = Math.min(2 * stepMs, RETRY_LAST_MS);
  }
  return attemptMs - outageMs;
}

/**
 * Connects at once if it is possible, as a slave does when its master speaks to it (adapters/xapi/README.md, "A slave
 * whose master is dead").
 */
export function connect(world: World, slave: XapiProcess): void {
  const master = reachableMaster(world, slave);
  if (master === null || slave.frozen) {
    watch(world, slave);
    return;
  }
  const waitMs = tooSoonMs(world, slave, master);
  if (waitMs > 0) {
    connectIn(world, slave, waitMs);
    return;
  }
  const same = slave.master === master && world.nowMs() - slave.lostAtMs < CONNECTION_RESET_MS;
  slave.master = master;
  slave.connected = true;
  slave.retryAtMs = null;
  world.record("slave-reconnected", { host: slave.host.number });
  world.changed();
  if (!same) void announceAgain(world, slave, master);
}

/** What a slave does when the master's xapi was away: it is live and enabled again, without a comparison of VMs. */
async function announceAgain(world: World, slave: XapiProcess, master: XapiProcess): Promise<void> {
  await pause(world, slave, world.timings.resyncMs);
  if (!master.alive || slave.master !== master) return;
  const { ref, metricsRef, stayDisabled } = slave.host;
  master.heartbeats.set(ref, world.nowMs());
  master.host.database.update("host_metrics", metricsRef, { live: true });
  if (!stayDisabled) master.host.database.update("host", ref, { enabled: true });
}

/** The pool database as this process can use it; a slave waits, for ever if need be, until its master serves. */
export async function poolDatabase(world: World, process: XapiProcess): Promise<Database> {
  return (await databaseServer(world, process)).host.database;
}

/** The process that owns the pool database: itself, or the slave's master once it can be reached. */
export async function databaseServer(world: World, process: XapiProcess): Promise<XapiProcess> {
  if (process.role.kind === "master") {
    if (!process.serving) await until(world, process, () => process.serving);
    return process;
  }
  const ready = () => process.connected && process.master?.frozen === false;
  if (!ready()) await until(world, process, ready);
  if (process.master === null) throw new Error("Cannot use the database: no master");
  return process.master;
}

/** The host of a reference in the world. */
export function hostOfRef(world: World, ref: string): SimHost | undefined {
  return world.hosts.find((host) => host.ref === ref);
}
