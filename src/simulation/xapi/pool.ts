import type { Json } from "../database.ts";
import type { SimHost, World, XapiProcess } from "../world.ts";
import { ApiError } from "./answer.ts";
import { noSpace } from "./backup.ts";
import { databaseServer, hostOfRef } from "./connection.ts";
import { forwardTo } from "./forward.ts";
import { copyTo, follows } from "./master-duties.ts";
import type { Call, Methods } from "./method.ts";
import { pause, until, writePoolConf } from "./process.ts";
import { lightFuse } from "./start.ts";

export const POOL_METHODS: Methods = {
  "pool.emergency_transition_to_master": { params: [], emergency: true, run: transitionToMaster },
  "pool.emergency_reset_master": {
    params: ["string"],
    emergency: true,
    run: (call, [address]) => {
      resetMaster(call.world, call.process, String(address));
      return "";
    },
  },
  "pool.recover_slaves": { params: [], async: true, run: recoverSlaves },
  "pool.sync_database": { params: [], async: true, run: syncDatabase },
  "pool.designate_new_master": {
    params: ["string"],
    async: true,
    run: (call, [host]) => designate(call, String(host)),
  },
  "pool.is_slave": {
    params: ["string"],
    emergency: true,
    run: async (call) => {
      // The host argument is ignored, and yet looked up: on a slave without its master this blocks
      // (adapters/xapi/README.md, "Who answers a call").
      await databaseServer(call.world, call.process);
      return call.process.role.kind === "slave";
    },
  },
};

/** pool.conf at once, xapi 10 s later; nothing is checked but the local HA flag (adapters/xapi/README.md, T10). */
function transitionToMaster(call: Call): Json {
  const { process, world } = call;
  if (process.host.haArmed) throw new ApiError("HA_IS_ENABLED");
  world.record("transition-to-master", { host: process.host.number });
  writePoolConf(world, process.host, "master");
  lightFuse(world, process);
  return "";
}

function resetMaster(world: World, process: XapiProcess, address: string): void {
  if (process.host.haArmed) throw new ApiError("HA_IS_ENABLED");
  const text = `slave:${address}`;
  if (process.host.poolConf === text) return;
  world.record("reset-master", { host: process.host.number, address });
  writePoolConf(world, process.host, text);
  lightFuse(world, process);
}

/**
 * Tells every other host of the database, one after the other, to follow this one; answers who did
 * (adapters/xapi/README.md, "Calling slaves back").
 */
async function recoverSlaves(call: Call): Promise<Json> {
  const { database, process, world } = call;
  const accepted: string[] = [];
  for (const ref of database.refs("host")) {
    const host = hostOfRef(world, ref);
    if (host === undefined || host === process.host) continue;
    if (await recover(call, host)) accepted.push(ref);
  }
  world.record("recover-slaves", {
    host: process.host.number,
    accepted: accepted.map((ref) => hostOfRef(world, ref)?.number),
  });
  return accepted;
}

async function recover(call: Call, host: SimHost): Promise<boolean> {
  const { process, world } = call;
  if (!world.reaches(process.host.number, host.number)) {
    const isAtOnce = world.isUnreachable(process.host.number, host.address);
    if (!isAtOnce) await pause(world, process, world.timings.deadPeerMs);
    return false;
  }
  await pause(world, process, world.timings.callMs);
  const target = host.xapi;
  if (target === null || !target.answers) return false;
  if (target.frozen) await until(world, process, () => !target.frozen || !target.alive);
  if (!target.alive || target.host.haArmed) return false;
  resetMaster(world, target, process.host.address);
  return true;
}

/**
 * Every member gets a copy of the database and is asked whether it agrees, then each is told; one that cannot be asked is an error, and
 * nothing changes. Plausible by XAPI's source, and not measured.
 */
async function designate(call: Call, hostRef: string): Promise<Json> {
  const { database, process, world } = call;
  if (process.host.haArmed) throw new ApiError("HA_IS_ENABLED");
  if (hostRef === process.host.ref) return "";
  const { host: next } = await forwardTo(call, hostRef);
  await syncDatabase(call);
  const members = await Promise.all(database.refs("host").map((ref) => memberThatAgrees(call, ref)));
  world.record("designated", { host: next.number });
  for (const member of members) {
    if (member.host !== next) resetMaster(world, member, next.address);
    else {
      writePoolConf(world, next, "master");
      lightFuse(world, member);
    }
  }
  return "";
}

async function memberThatAgrees({ process, world }: Call, ref: string): Promise<XapiProcess> {
  const host = hostOfRef(world, ref);
  const { deadPeerMs, callMs } = world.timings;
  const reached = host !== undefined && world.reaches(process.host.number, host.number);
  await pause(world, process, reached ? callMs : deadPeerMs);
  const member = host?.xapi ?? null;
  if (!reached || member === null || !member.answers || member.frozen)
    throw new ApiError("CANNOT_CONTACT_HOST", [ref]);
  return member;
}

/** The living in parallel; a dead member is an error at the end of it (adapters/xapi/README.md, "The database on disk"). */
async function syncDatabase(call: Call): Promise<Json> {
  const { database, process, world } = call;
  await pause(world, process, world.timings.syncDatabaseMs);
  const copied = world.hosts
    .filter((host) => follows(world, host, process))
    .map((host) => copyTo(world, process, host));
  if (copied.includes(false)) throw noSpace();
  const { syncDeadMs } = world.timings;
  const missing = database
    .refs("host")
    .map((ref) => hostOfRef(world, ref))
    .find(
      (host) =>
        host !== undefined && host !== process.host && !world.reaches(process.host.number, host.number),
    );
  if (missing === undefined || syncDeadMs === 0) return "";
  if (database.get("host_metrics", missing.metricsRef)?.["live"] !== true)
    throw new ApiError("HOST_OFFLINE", [missing.ref]);
  if (!world.isUnreachable(process.host.number, missing.address)) await pause(world, process, syncDeadMs);
  throw new ApiError("CANNOT_CONTACT_HOST", [missing.ref]);
}
