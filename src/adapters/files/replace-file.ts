import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  existsSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from "node:fs";
import { lstat, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** A new file under a name that nobody can foresee, whatever stands there; nobody else reads it. */
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const PRIVATE = 0o600;

/**
 * Replaces a file as a whole: a temporary file beside it, fsync, rename, fsync of the folder (neither of them when it is
 * not `durable`). The new one can be read by its owner alone, unless `mode` says otherwise; a link in its place is replaced, not followed. Leaves
 * nothing behind when it rejects.
 */
export async function replaceFile(
  path: string,
  text: string,
  { durable = true, mode = PRIVATE }: { readonly durable?: boolean; readonly mode?: number } = {},
): Promise<void> {
  const temporary = temporaryOf(path);
  const file = await open(temporary, CREATE, PRIVATE);
  try {
    try {
      await file.writeFile(text);
      // Not by its creation, of which a umask takes away.
      if (mode !== PRIVATE) await file.chmod(mode);
      if (durable) await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  if (!durable) return;
  const folder = await open(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** The same for what is written every second and lies in memory, where nothing is waited for: no flush, no other thread. */
export function replaceFileSync(path: string, text: string): void {
  const temporary = temporaryOf(path);
  const file = openSync(temporary, CREATE, PRIVATE);
  try {
    try {
      writeFileSync(file, text);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    try {
      rmSync(temporary, { force: true });
    } catch {
      // What it failed with first is told.
    }
    throw error;
  }
}

function temporaryOf(path: string): string {
  return `${path}.${process.pid}-${randomBytes(8).toString("hex")}.tmp`;
}

/** `<name>.<pid>-<number>.tmp`; the pin of a device has a uuid in the place of both. */
const TEMPORARY = /^(.+?)\.(?:(\d+)-[0-9a-f]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.tmp$/;
/** No write of ours takes that long: what is older was left by somebody whose number another process has now. */
const LONGEST_WRITE_MS = 600_000;

/**
 * Removes the temporary files that processes of ours left when they were killed while they wrote: passwords may stand in
 * them. `isOurs` says which names this program writes in the folder. Never rejects.
 */
export async function removeLeftovers(
  folder: string,
  isOurs: (name: string) => boolean = () => true,
): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const [, base = "", pid] = TEMPORARY.exec(name) ?? [];
    if (base === "" || !isOurs(base)) continue;
    const path = join(folder, name);
    const found = await lstat(path).catch(() => null);
    if (found !== null && isLeftOver(found, pid)) await rm(path, { force: true }).catch(() => undefined);
  }
}

/** The leftovers of one file that this program writes. */
export function removeLeftoversOf(path: string): Promise<void> {
  return removeLeftovers(dirname(path), (name) => name === basename(path));
}

function isLeftOver(found: Stats, pid: string | undefined): boolean {
  if (!found.isFile() || found.uid !== process.getuid?.()) return false;
  const isOld = Math.abs(Date.now() - found.mtimeMs) > LONGEST_WRITE_MS;
  return isOld || (pid !== undefined && !existsSync(`/proc/${pid}`));
}
