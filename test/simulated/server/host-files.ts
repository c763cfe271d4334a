import { mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { SimHost, World } from "../../../src/simulation/world.ts";

/** Keeps pool.conf, the init-complete cookie and the list of domains of hosts that have a root directory as real files. */
export function keepHostFiles(world: World): void {
  for (const host of world.hosts) {
    writePoolConf(host);
    writeCookie(host);
    writeDomains(host);
  }
  world.listeners.push((entry) => {
    const host = world.hosts.find((candidate) => candidate.number === entry["host"]);
    if (host === undefined) return;
    if (entry.what === "pool-conf") writePoolConf(host);
    if (entry.what === "cookie") writeCookie(host);
    if (entry.what === "domain-started" || entry.what === "domain-ended") writeDomains(host);
  });
}

function writePoolConf(host: SimHost): void {
  const path = inside(host.root, "etc/xensource/pool.conf");
  if (path !== null) writeFileSync(path, host.poolConf);
}

/** What the program has written while no xapi ran counts from its next start. */
export function takePoolConf(host: SimHost): void {
  const path = inside(host.root, "etc/xensource/pool.conf");
  if (path !== null) host.poolConf = readFileSync(path, "utf8").trim();
}

function writeCookie(host: SimHost): void {
  const path = inside(host.root, "var/run/xapi_init_complete.cookie");
  if (path === null) return;
  if (host.initComplete) writeFileSync(path, "");
  else rmSync(path, { force: true });
}

/** What list_domains of the simulated Dom0 shows: a uuid a line. Whole at any moment. */
function writeDomains(host: SimHost): void {
  const path = inside(host.root, "var/lib/pool/domains");
  if (path === null) return;
  writeFileSync(`${path}.new`, [...host.domains.keys()].map((uuid) => `${uuid}\n`).join(""));
  renameSync(`${path}.new`, path);
}

/** The path below a host's root; refused when a link in it would lead out, into the real system. */
function inside(root: string | null, path: string): string | null {
  if (root === null) return null;
  const full = join(root, path);
  const top = realpathSync(root);
  for (let folder = dirname(full); folder.length >= root.length; folder = dirname(folder)) {
    const real = realPathOrNull(folder);
    if (real === null) continue;
    if (real !== top && !real.startsWith(`${top}/`))
      throw new Error(`Cannot write ${full}: ${folder} leads out of ${root}`);
    break;
  }
  mkdirSync(dirname(full), { recursive: true });
  return full;
}

function realPathOrNull(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
