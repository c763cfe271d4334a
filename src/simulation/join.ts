import { addHost, buildHost, localSr, SHARED_SR } from "./build.ts";
import { masterDatabases } from "./control.ts";
import type { Database } from "./database.ts";
import { TEMPLATES } from "./records/templates.ts";
import { pbdUuid, refOf } from "./spec.ts";
import type { SimHost, World } from "./world.ts";
import { startXapi } from "./xapi/start.ts";

/** A new host joins the pool of the serving master, as `xe pool-join` does: it has power and starts as a slave. */
export function joinHost(world: World): SimHost {
  const [database] = masterDatabases(world);
  const master = world.hosts.find((host) => host.database === database);
  if (database === undefined || master === undefined)
    throw new Error("Cannot join: no host serves as master");
  const host = buildHost({}, world.hosts.length + 1, database.copy());
  host.bootedAtMs = world.nowMs();
  host.initComplete = false;
  host.poolConf = `slave:${master.address}`;
  world.hosts.push(host);
  addHost(database, host);
  plugStorage(database, host);
  world.record("host-joined", { host: host.number });
  startXapi(world, host);
  return host;
}

function plugStorage(database: Database, host: SimHost): void {
  const local = localSr(host.number);
  const pbds: readonly (readonly [string, string])[] = [
    [SHARED_SR, `shared${host.number}`],
    [local, `local${host.number}`],
  ];
  database.insert("SR", local, {
    ...TEMPLATES.SR,
    uuid: `sr-local${host.number}`,
    name_label: `local ${host.name}`,
    shared: false,
    PBDs: [refOf("pbd", `local${host.number}`)],
    VDIs: [],
  });
  for (const [sr, name] of pbds) {
    const fields = { uuid: pbdUuid(name), host: host.ref, SR: sr, currently_attached: true };
    database.insert("PBD", refOf("pbd", name), { ...TEMPLATES.PBD, ...fields });
  }
  const shared = database.must("SR", SHARED_SR)["PBDs"] as readonly string[];
  database.update("SR", SHARED_SR, { PBDs: [...shared, refOf("pbd", `shared${host.number}`)] });
}
