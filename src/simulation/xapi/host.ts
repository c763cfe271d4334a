import { PLUGIN, PLUGIN_DOMAINS } from "../../adapters/xapi/plugin-protocol.ts";
import type { Fields, Json } from "../database.ts";
import { roleOf } from "../pool-conf.ts";
import type { PluginCall, PluginEnd, SimHost } from "../world.ts";
import { knownToXenopsd } from "../xenopsd.ts";
import { ApiError } from "./answer.ts";
import { hostOfRef } from "./connection.ts";
import { wallTime } from "./format.ts";
import { forwardTo } from "./forward.ts";
import { isHostAlive } from "./host-alive.ts";
import { releaseLocks } from "./locks.ts";
import type { Call, Methods } from "./method.ts";
import { pause } from "./process.ts";
import { need } from "./read.ts";
import { lightFuse } from "./start.ts";
import { resetPowerState } from "./vm.ts";
import { freeMemory, residentsOf } from "./vm-state.ts";

export const HOST_METHODS: Methods = {
  "host.declare_dead": {
    params: ["string"],
    async: true,
    run: (call, [host]) => declareDead(call, String(host)),
  },
  "host.destroy": { params: ["string"], async: true, run: (call, [self]) => destroy(call, String(self)) },
  "host.tickle_heartbeat": {
    params: ["string", "map"],
    session: "local",
    run: (call, [host, stuff]) => tickle(call, String(host), stuff as Fields),
  },
  "host.enable": {
    params: ["string"],
    async: true,
    run: (call, [host]) => setEnabled(call, String(host), true, false),
  },
  "host.restart_agent": {
    params: ["string"],
    async: true,
    run: (call, [host]) => restartAgent(call, String(host)),
  },
  "host.disable": {
    params: ["string", "bool"],
    optional: 1,
    async: true,
    run: (call, [host, autoEnable]) => setEnabled(call, String(host), false, autoEnable === false),
  },
  "host.ha_xapi_healthcheck": { params: [], emergency: true, run: () => true },
  "host.is_in_emergency_mode": {
    params: [],
    emergency: true,
    run: ({ process }) => process.emergency !== null,
  },
  "host.local_assert_healthy": {
    params: [],
    emergency: true,
    run: ({ process }) => {
      if (process.emergency !== null) throw process.emergency;
      return "";
    },
  },
  // The host itself says it, so a dead one says nothing.
  "host.get_servertime": {
    params: ["string"],
    run: async (call, [host]) => {
      need(call.database, "host", String(host));
      const { wallStepMs } = (await forwardTo(call, String(host))).host;
      return wallTime(call.world.nowMs() + wallStepMs);
    },
  },
  "host.call_plugin": {
    params: ["string", "string", "string", "map"],
    run: (call, [host, plugin, fn, args]) =>
      callPlugin(call, String(host), {
        plugin: String(plugin),
        fn: String(fn),
        args: args as Readonly<Record<string, string>>,
      }),
  },
  "host.compute_free_memory": {
    params: ["string"],
    async: true,
    run: ({ database }, [host]) => {
      need(database, "host", String(host));
      return freeMemory(database, String(host));
    },
  },
};

/**
 * Resets the VMs of a host that does not answer and disables it, at once; the hooks that end it release the disks, so
 * that a start in between fails (adapters/xapi/README.md, "Declaring a host dead").
 */
async function declareDead(call: Call, hostRef: string): Promise<Json> {
  const { database, process, world } = call;
  const record = need(database, "host", hostRef);
  if (await isHostAlive(call, hostRef)) throw new ApiError("HOST_IS_LIVE", [hostRef]);
  const host = hostOfRef(world, hostRef)?.number ?? String(record["uuid"]);
  world.record("declaring-dead", { host, by: process.host.number });
  for (const vm of residentsOf(database, hostRef)) await resetPowerState(call, vm);
  database.update("host", hostRef, { enabled: false });
  await pause(world, process, world.timings.declareDeadMs + world.timings.declareDeadHookMs);
  releaseLocks(database, hostRef);
  world.record("declared-dead", { host });
  return "";
}

async function destroy(call: Call, self: string): Promise<Json> {
  const { database } = call;
  const host = need(database, "host", self);
  if (await isHostAlive(call, self)) throw new ApiError("HOST_IS_LIVE", [self]);
  const [pool] = database.entries("pool");
  if (pool?.[1]["ha_enabled"] === true) throw new ApiError("HA_IS_ENABLED");
  if (residentsOf(database, self).length > 0) throw new ApiError("HOST_HAS_RESIDENT_VMS", [self]);
  releaseLocks(database, self);
  database.delete("VM", String(host["control_domain"]));
  database.delete("host_metrics", String(host["metrics"]));
  for (const pbd of host["PBDs"] as readonly string[]) database.delete("PBD", pbd);
  database.delete("host", self);
  call.world.record("host-forgotten", { host: String(host["uuid"]) });
  return "";
}

/**
 * In a local session this says that a host is shutting down: it is not live from then on, nothing is asked
 * (adapters/xapi/README.md, "Declaring a host dead"). The hooks of a real pool release no disk for this reason; where they
 * take no time (timings.ts, `declareDeadHookMs`) the disks are free from now on.
 */
function tickle(call: Call, hostRef: string, stuff: Fields): Json {
  const { database, process, world } = call;
  const host = need(database, "host", hostRef);
  if (stuff["shutting-down"] !== "true") {
    process.heartbeats.set(hostRef, world.nowMs());
    return {};
  }
  database.update("host_metrics", String(host["metrics"]), { live: false });
  if (world.timings.declareDeadHookMs === 0) releaseLocks(database, hostRef);
  world.record("told-dead", { host: hostOfRef(world, hostRef)?.number ?? hostRef });
  return {};
}

/** The agent ends 10 s later, like one that changes its role. */
async function restartAgent(call: Call, hostRef: string): Promise<Json> {
  need(call.database, "host", hostRef);
  lightFuse(call.world, await forwardTo(call, hostRef));
  return "";
}

async function setEnabled(
  call: Call,
  hostRef: string,
  enabled: boolean,
  stayDisabled: boolean,
): Promise<Json> {
  const { database } = call;
  need(database, "host", hostRef);
  const target = await forwardTo(call, hostRef);
  if (enabled && !target.host.initComplete) throw new ApiError("HOST_STILL_BOOTING");
  target.host.stayDisabled = stayDisabled;
  database.update("host", hostRef, { enabled });
  return "";
}

/** 96 to 141 ms were measured with a plugin in Python. */
const PLUGIN_MS = 100;

/**
 * Plugins are programs on the host that is asked. Which VMs ours sees there is the truth of this world, and so is what XCP-ng's says of the
 * BMC; whatever else is called has to stand on the host.
 */
async function callPlugin(call: Call, hostRef: string, asked: Omit<PluginCall, "host">): Promise<Json> {
  need(call.database, "host", hostRef);
  const { host } = await forwardTo(call, hostRef);
  const end = await runPlugin(call, host, asked);
  if (end.kind === "missing") throw new ApiError("XENAPI_MISSING_PLUGIN", [asked.plugin]);
  if (end.kind === "failure") throw new ApiError("XENAPI_PLUGIN_FAILURE", [asked.fn, "Failure", end.value]);
  return end.value;
}

async function runPlugin(
  { world, process }: Call,
  host: SimHost,
  asked: Omit<PluginCall, "host">,
): Promise<PluginEnd> {
  const called = `${asked.plugin} ${asked.fn}`;
  const said = called === `${PLUGIN} ${PLUGIN_DOMAINS}` ? domainsOf(host) : ipmiLanOf(host, called);
  if (said === null) return (await world.plugins?.({ host: host.number, ...asked })) ?? { kind: "missing" };
  await pause(world, process, PLUGIN_MS);
  return { kind: "success", value: JSON.stringify(said) };
}

function domainsOf(host: SimHost): Json {
  return { role: { ...roleOf(host.poolConf) }, vms: knownToXenopsd(host) };
}

function ipmiLanOf({ ipmiAddress }: SimHost, called: string): Json {
  if (ipmiAddress === null || called !== "ipmitool.py get_ipmi_lan") return null;
  return [
    { name: "IP Address Source", value: "Static Address" },
    { name: "IP Address", value: ipmiAddress },
    { name: "Subnet Mask", value: "255.255.255.0" },
  ];
}
