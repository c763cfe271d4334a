import type { SimHost, World, XapiProcess } from "../world.ts";
import { hostOfRef } from "./connection.ts";
import { pause } from "./process.ts";
import { store } from "./state-file.ts";

/** What a master does by itself for as long as it lives: watch heartbeats, write its database, refresh one copy at a time. */
export async function runMasterDuties(world: World, master: XapiProcess): Promise<void> {
  void refreshCopies(world, master);
  void writeGathered(world, master);
  for (;;) {
    await pause(world, master, world.timings.heartbeatMs);
    lookAtHeartbeats(world, master);
  }
}

/** `host_metrics.live` (adapters/xapi/README.md, "Live"): nothing else about a silent host changes by itself. */
function lookAtHeartbeats(world: World, master: XapiProcess): void {
  const nowMs = world.nowMs();
  const { database } = master.host;
  for (const ref of database.refs("host")) {
    const host = hostOfRef(world, ref);
    if (host === undefined || host === master.host) continue;
    const beats = follows(world, host, master);
    if (beats) master.heartbeats.set(ref, nowMs);
    const silentMs = nowMs - (master.heartbeats.get(ref) ?? nowMs);
    if (beats) database.update("host_metrics", host.metricsRef, { live: true });
    else if (silentMs > world.timings.assumedDeadMs)
      database.update("host_metrics", host.metricsRef, { live: false });
  }
}

/** Is the host's xapi a connected slave of this master? */
export function follows(world: World, host: SimHost, master: XapiProcess): boolean {
  const process = host.xapi;
  if (process === null || process.frozen || !process.connected || process.master !== master) return false;
  return world.reaches(host.number, master.host.number);
}

async function writeGathered(world: World, master: XapiProcess): Promise<void> {
  const { diskWriteMs } = world.timings;
  while (diskWriteMs > 0) {
    await pause(world, master, diskWriteMs);
    store(world, master.host);
  }
}

async function refreshCopies(world: World, master: XapiProcess): Promise<void> {
  for (let turn = 0; ; turn += 1) {
    await pause(world, master, world.timings.backupMs);
    const slaves = world.hosts.filter((host) => follows(world, host, master));
    const slave = slaves[turn % Math.max(1, slaves.length)];
    if (slave !== undefined) copyTo(world, master, slave);
  }
}

/**
 * Gives a slave a copy of the database, which the master writes first; false: it could not. Nothing compares the two: it may be older than
 * the one that it replaces (adapters/xapi/README.md, "The database on disk").
 */
export function copyTo(world: World, master: XapiProcess, slave: SimHost): boolean {
  if (!store(world, master.host)) return false;
  slave.database = master.host.database.copy();
  slave.databaseAtMs = world.nowMs();
  world.record("database-copied", { to: slave.number });
  return true;
}
