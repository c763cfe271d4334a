import type { Fields, Json } from "../../../src/simulation/database.ts";
import { hostsRunning } from "../../../src/simulation/domains.ts";
import type { SimHost, World } from "../../../src/simulation/world.ts";
import { knownToXenopsd } from "../../../src/simulation/xenopsd.ts";

/** What really is, and what each master's database says, as `GET /truth` answers. */
export function truth(world: World) {
  const masters = world.hosts.filter((host) => host.poolConf === "master");
  return {
    nowMs: world.nowMs(),
    hosts: world.hosts.map((host) => hostTruth(world, host)),
    vms: [...world.vms.values()].map(({ uuid, name }) => ({ uuid, name, hosts: hostsRunning(world, uuid) })),
    masters: masters.map((host) => ({ host: host.number, ...summary(world, host) })),
    violations: world.violations,
    logLength: world.log.length,
  };
}

function hostTruth(world: World, host: SimHost) {
  const nameOf = (uuid: string) => world.vms.get(uuid)?.name ?? uuid;
  return {
    number: host.number,
    uuid: host.uuid,
    name: host.name,
    address: host.address,
    power: host.power,
    poolConf: host.poolConf,
    xapi: xapiState(host),
    initComplete: host.initComplete,
    bmc: host.bmc,
    bootCount: host.bootCount,
    databaseAtMs: host.databaseAtMs,
    domains: [...host.domains.keys()].map(nameOf),
    knownToXenopsd: knownToXenopsd(host).map(nameOf),
    domainUuids: [...host.domains.keys()],
  };
}

function xapiState(host: SimHost): string {
  const { xapi } = host;
  if (xapi === null) return "stopped";
  if (xapi.frozen) return "hung";
  if (!xapi.answers) return "starting";
  if (xapi.emergency !== null) return "emergency";
  if (xapi.role.kind === "slave" && xapi.serving && !xapi.connected) return "blocked";
  return xapi.serving ? "run" : "starting";
}

function summary(world: World, master: SimHost) {
  const { database } = master;
  const numberOf = (ref: Json | undefined) => world.hosts.find((host) => host.ref === ref)?.number ?? null;
  const pool = database.entries("pool")[0]?.[1];
  const vms = database.entries("VM").filter(([, vm]) => vm["is_control_domain"] === false);
  return {
    pool: { master: numberOf(pool?.["master"]), other_config: pool?.["other_config"] ?? {} },
    hosts: database.entries("host").map(([ref, host]) => ({
      number: numberOf(ref),
      enabled: host["enabled"],
      live: database.get("host_metrics", String(host["metrics"]))?.["live"] ?? null,
      other_config: host["other_config"] as Fields,
    })),
    vms: vms.map(([, vm]) => ({
      name: vm["name_label"],
      uuid: vm["uuid"],
      power_state: vm["power_state"],
      on: numberOf(vm["resident_on"]),
      other_config: vm["other_config"] as Fields,
    })),
    messages: [...master.messages.values()],
  };
}
