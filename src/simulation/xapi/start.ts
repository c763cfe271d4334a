import { WORLD_BEGIN_WALL_MS } from "../clock.ts";
import type { Fields } from "../database.ts";
import type { SimHost, World, XapiProcess } from "../world.ts";
import { isIdle, sweepStarts } from "../xenopsd.ts";
import { ApiError } from "./answer.ts";
import { askIsSlave } from "./ask.ts";
import { hostOfRef, poolDatabase, reachableMaster, watchConnections } from "./connection.ts";
import { releaseLocks } from "./locks.ts";
import { runMasterDuties } from "./master-duties.ts";
import {
  type Ending,
  endXapi,
  newProcess,
  pause,
  setCookie,
  until,
  untilOrLater,
  writePoolConf,
} from "./process.ts";
import { resyncVms } from "./resync.ts";
import { beginAhead } from "./state-file.ts";

/** Starts the host's xapi, if the host has power, none runs, it can run, and systemd was not told to stop it. */
export function startXapi(world: World, host: SimHost): void {
  if (!host.power || host.xapi !== null || host.xapiStopped || host.xapiBroken) return;
  const process = newProcess(host);
  host.xapi = process;
  sweepStarts(host);
  world.record("xapi-started", { host: host.number, role: host.poolConf });
  world.topologyChanged();
  const { role } = process;
  if (role.kind === "master") void startMaster(world, process);
  else if (role.kind === "slave") void startSlave(world, process, role.address);
  else void startBroken(world, process);
}

/** Ends xapi and starts it again at once, as a toolstack restart or a lit fuse does, or systemd after a crash. */
export function restartXapi(world: World, host: SimHost, why: string, ending: Ending = "stop"): void {
  const boot = host.bootCount;
  endXapi(world, host, why, ending);
  world.clock.schedule(world.timings.xapiRestartMs, () => {
    if (host.bootCount === boot) startXapi(world, host);
  });
}

/** xapi ends 10 s after it was told to change its role; once is enough. */
export function lightFuse(world: World, process: XapiProcess): void {
  if (process.fuseLit) return;
  process.fuseLit = true;
  void pause(world, process, world.timings.fuseMs).then(() =>
    restartXapi(world, process.host, "role-change"),
  );
}

async function startBroken(world: World, process: XapiProcess): Promise<void> {
  process.emergency = new ApiError("HOST_BROKEN");
  await pause(world, process, world.timings.xapiAnswersMs);
  process.answers = true;
  world.topologyChanged();
}

async function startMaster(world: World, process: XapiProcess): Promise<void> {
  const { host } = process;
  const { timings } = world;
  loadOwnDatabase(world, host);
  await pause(world, process, timings.xapiAnswersMs);
  process.answers = true;
  world.topologyChanged();
  await pause(world, process, timings.emptyDatabaseMs);
  process.serving = true;
  for (const ref of host.database.refs("host")) process.heartbeats.set(ref, world.nowMs());
  world.record("master-serving", { host: host.number });
  world.topologyChanged();
  void runMasterDuties(world, process);
  const other = await findOtherMaster(world, process);
  if (other !== null) {
    writePoolConf(world, host, `slave:${other.address}`);
    restartXapi(world, host, "another-master");
    return;
  }
  await finishStart(world, process);
}

/**
 * A master starts with what stands on its own disk: every host disabled until it has reported (adapters/xapi/README.md,
 * "Enabled").
 */
function loadOwnDatabase(world: World, host: SimHost): void {
  const database = host.database.copy();
  host.database = database;
  beginAhead(world, host);
  database.onChange = () => world.changed();
  for (const ref of database.refs("host"))
    database.update("host", ref, { enabled: false, current_operations: {} });
  for (const [ref, vm] of database.entries("VM")) {
    if (Object.keys(vm["current_operations"] as Fields).length > 0)
      database.update("VM", ref, { current_operations: {} });
  }
  const pool = database.refs("pool")[0];
  if (pool !== undefined) database.update("pool", pool, { master: host.ref });
  database.update("host_metrics", host.metricsRef, { live: true });
  stampStart(world, host);
}

/**
 * Every other host is asked, one after the other; who is not reached is not asked (adapters/xapi/README.md, "Becoming
 * master").
 */
async function findOtherMaster(world: World, process: XapiProcess): Promise<SimHost | null> {
  const { number, ref: own } = process.host;
  const isolated = world.hosts.every(
    (other) => other.number === number || !world.reaches(number, other.number),
  );
  if (isolated) return null;
  for (const ref of process.host.database.refs("host")) {
    const host = hostOfRef(world, ref);
    if (ref === own || host === undefined) continue;
    const role = await askIsSlave(world, process, host, world.timings.deadPeerMs);
    if (role === "master") return host;
  }
  return null;
}

async function startSlave(world: World, process: XapiProcess, address: string): Promise<void> {
  const { timings } = world;
  await pause(world, process, timings.xapiAnswersMs);
  process.answers = true;
  world.topologyChanged();
  await pause(world, process, timings.helloMs - timings.xapiAnswersMs);
  await sayHello(world, process, address);
  await finishStart(world, process);
}

async function sayHello(world: World, process: XapiProcess, address: string): Promise<void> {
  const obstacle = () => helloObstacle(world, process, address);
  const { emergencyMs, helloRetryMs } = world.timings;
  await untilOrLater(world, process, () => obstacle() === null, emergencyMs);
  for (let why = obstacle(); why !== null; why = obstacle()) {
    if (process.emergency === null) world.record("emergency-mode", { host: process.host.number });
    process.emergency = why;
    await pause(world, process, helloRetryMs);
  }
  const master = reachableMaster(world, process);
  if (master === null) throw new Error("Cannot say hello: no obstacle, and yet no master");
  welcome(world, process, master);
}

function welcome(world: World, process: XapiProcess, master: XapiProcess): void {
  process.emergency = null;
  process.master = master;
  process.connected = true;
  process.serving = true;
  master.heartbeats.set(process.host.ref, world.nowMs());
  master.host.database.update("host", process.host.ref, { enabled: false });
  master.host.database.update("host_metrics", process.host.metricsRef, { live: true });
  world.record("hello", { host: process.host.number, master: master.host.number });
  world.topologyChanged();
}

function helloObstacle(world: World, process: XapiProcess, address: string): ApiError | null {
  const target = world.hostAt(address);
  const peer = target?.xapi ?? null;
  const reachable = target !== undefined && world.reaches(process.host.number, target.number);
  if (!reachable || peer === null || !peer.answers || peer.frozen) {
    return new ApiError("INTERNAL_ERROR", ["Xmlrpc_client.Connection_reset"]);
  }
  if (target === process.host) return new ApiError("HOST_ITS_OWN_SLAVE");
  if (peer.role.kind === "slave") return new ApiError("HOST_IS_SLAVE", [peer.role.address]);
  if (peer.role.kind === "broken" || !peer.serving) return new ApiError("HOST_STILL_BOOTING");
  if (target.database.get("host", process.host.ref) === undefined) {
    return new ApiError("HOST_UNKNOWN_TO_MASTER", [process.host.uuid]);
  }
  if (!world.reaches(target.number, process.host.number)) {
    return new ApiError("HOST_MASTER_CANNOT_TALK_BACK", [process.host.address]);
  }
  return null;
}

/**
 * Storage, enabled, the VMs compared, the cookie: the host is enabled before its VMs are known
 * (adapters/xapi/README.md, "Enabled").
 */
async function finishStart(world: World, process: XapiProcess): Promise<void> {
  const { host } = process;
  const { timings } = world;
  await pause(world, process, timings.enableMs);
  const database = await poolDatabase(world, process);
  if (process.role.kind === "slave") stampStart(world, host, process);
  releaseLocks(database, host.ref, (vm) => !host.domains.has(vm));
  if (!host.stayDisabled) database.update("host", host.ref, { enabled: true });
  await pause(world, process, timings.resyncMs);
  resyncVms(world, host, await poolDatabase(world, process));
  await pause(world, process, timings.cookieMs);
  await until(world, process, () => process.role.kind === "master" || process.connected);
  await until(world, process, () => isIdle(host));
  setCookie(world, host, true);
  world.changed();
}

/** `other_config.agent_start_time`: seconds, different after every start. */
function stampStart(world: World, host: SimHost, process?: XapiProcess): void {
  const database = process?.master?.host.database ?? host.database;
  const other = database.get("host", host.ref)?.["other_config"] as Fields | undefined;
  if (other === undefined) return;
  const before = Number.parseInt(String(other["agent_start_time"] ?? "0"), 10);
  const wallS = (atMs: number) => Math.floor((WORLD_BEGIN_WALL_MS + atMs) / 1_000);
  const now = Math.max(before + 1, wallS(world.nowMs() + host.wallStepMs));
  const boot_time = `${wallS(host.bootedAtMs)}.`;
  database.update("host", host.ref, { other_config: { ...other, agent_start_time: `${now}.`, boot_time } });
}

/** Makes all hosts' xapi whole at time 0, without the seconds that a start takes. */
export function beginWhole(world: World): void {
  world.onTopology.push(() => watchConnections(world));
  for (const host of world.hosts) {
    const process = newProcess(host);
    host.xapi = process;
    process.answers = true;
    process.serving = true;
  }
  const master = world.hosts.find((host) => host.xapi?.role.kind === "master");
  const owner = master?.xapi ?? null;
  if (master === undefined || owner === null) return;
  master.database.onChange = () => world.changed();
  beginAhead(world, master);
  for (const host of world.hosts) {
    owner.heartbeats.set(host.ref, 0);
    if (host.xapi === null || host.xapi === owner) continue;
    host.xapi.master = owner;
    host.xapi.connected = true;
  }
  void runMasterDuties(world, owner);
}
