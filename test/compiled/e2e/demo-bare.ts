import { copyFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { Pool } from "./world/pool.ts";

const TREE = resolve(import.meta.dir, "../../..");
/** Building executable and archive takes ten seconds on a machine with nothing else to do. */
const RELEASE_DEADLINE_MS = 3 * 60_000;

/** As an administrator removes the program from one host of a pool that keeps it: HA goes off first. $1: the archive. */
const REMOVE = `set -e
if [ -x /usr/bin/ha-cfg ]; then ha-cfg ha-disable; fi
unpacked=$(mktemp -d)
tar -C "$unpacked" -xzf "$1"
sh "$unpacked"/*/uninstall.sh --purge --yes
rm -rf "$unpacked" /etc/ha-lizard/fence/FAULTY
cp "$1" /root/`;

/** `npm run release` of this tree; rejects with what it has said when there is no archive then. */
async function makeRelease(): Promise<string> {
  const child = Bun.spawn([join(TREE, "test/run"), "release"], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: RELEASE_DEADLINE_MS,
    killSignal: "SIGKILL",
  });
  const [said, errors, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  const name = /ha-lizard-\S+\.tar\.gz/.exec(said)?.[0];
  if (code === 0 && name !== undefined) return join(TREE, "dist", name);
  throw new Error(`Cannot make a release: npm run release: exit ${code}: ${said}${errors}`.trim());
}

/**
 * Takes the program off a host, and leaves the release in its /root, so that README.md can be followed there. Returns
 * what a reader is to know: what has been done, and what is different here.
 */
export async function makeBare(pool: Pool, host: number): Promise<string> {
  const archive = await makeRelease();
  copyFileSync(archive, join(pool.socketFolder, basename(archive)));
  const said = await pool.on(host, "sh", "-c", REMOVE, "sh", `/srv/pool/${basename(archive)}`);
  return `${said}h${host} has no HA-Lizard any more, and HA of the pool is off; ${basename(archive)} is in /root of h${host}.
Follow README.md, "Install on three hosts", in: shell h${host}. The fence devices of this pool are set up (FENCE_METHOD TESTBMC): leave
out fence-hosts and the three lines with FENCE_; the other hosts have the program.
`;
}
