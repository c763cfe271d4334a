import { addHost, buildHost, localSr, SHARED_SR } from "./build.ts";
import { masterDatabases } from "./control.ts";
import type { Database } from "./database.ts";
import { bootedRate } from "./host-clock.ts";
import { TEMPLATES } from "./records/templates.ts";
import { pbdUuid, refOf, secondAddressOf } from "./spec.ts";
import type { SimHost, World } from "./world.ts";
import { startXapi } from "./xapi/start.ts";

/** A new host joins the pool of the serving master, as `xe pool-join` does: it has power and starts as a slave. */
export function joinHost(world: World): SimHost {
  const [database] = masterDatabases(world);
  const master = world.hosts.find((host) => host.database === database);
  if (database === undefined || master === undefined)
    throw new Error("Cannot join: no host serves as master");
  const number = world.hosts.length + 1;
  const second = master.secondAddress === null ? {} : { secondAddress: secondAddressOf(number) };
  const host = buildHost(second, number, database.copy());
  host.bootedAtMs = world.nowMs();
  host.rate = bootedRate(world.nowMs());
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
  const pbds = [
    { sr: SHARED_SR, kind: "shared" },
    { sr: local, kind: "local" },
  ] as const;
  database.insert("SR", local, {
    ...TEMPLATES.SR,
    uuid: `sr-local${host.number}`,
    name_label: `local ${host.name}`,
    shared: false,
    PBDs: [refOf("pbd", `local${host.number}`)],
    VDIs: [],
  });
  for (const { sr, kind } of pbds) {
    const uuid = pbdUuid(kind, host.number);
    const fields = { uuid, host: host.ref, SR: sr, currently_attached: true };
    database.insert("PBD", refOf("pbd", `${kind}${host.number}`), { ...TEMPLATES.PBD, ...fields });
  }
  const shared = database.must("SR", SHARED_SR)["PBDs"] as readonly string[];
  database.update("SR", SHARED_SR, { PBDs: [...shared, refOf("pbd", `shared${host.number}`)] });
}
