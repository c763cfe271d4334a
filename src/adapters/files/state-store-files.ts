import { existsSync } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { StateName, StateStore } from "../../ports/state-store.ts";

/**
 * State documents as JSON files in one directory. A document is written beside its place, flushed, and renamed over
 * it, so that after a power cut the old or the new one stands there, never a part of one.
 */
export function createStateStore(directory: string): StateStore {
  let tidied = false;
  const pathOf = (name: StateName) => join(directory, `${name}.json`);
  return {
    async load(name) {
      const path = pathOf(name);
      let text: string;
      try {
        text = await readFile(path, "utf8");
      } catch (error) {
        if (codeOf(error) === "ENOENT") return { kind: "none" };
        return { kind: "unreadable", why: `Cannot read ${path}: ${messageOf(error)}` };
      }
      try {
        const value: unknown = JSON.parse(text);
        return { kind: "found", value };
      } catch (error) {
        await rename(path, `${path}.damaged`).catch(() => undefined);
        return { kind: "damaged", why: `${path} is no JSON (${messageOf(error)}); kept as ${path}.damaged` };
      }
    },
    async save(name, value) {
      if (!tidied) {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await removeLeftovers(directory);
      }
      tidied = true;
      await replaceFile(pathOf(name), JSON.stringify(value), 0o600, !OF_THIS_BOOT.has(name));
    },
  };
}

/** The heartbeat of every pass says nothing after a power cut, so the disk need not be waited for. */
const OF_THIS_BOOT: ReadonlySet<StateName> = new Set(["pass"]);

let written = 0;

/**
 * Replaces a file as a whole: temporary file, fsync, rename, fsync of the directory (neither of them when it is not
 * `durable`). Leaves nothing behind when it rejects.
 */
export async function replaceFile(path: string, text: string, mode: number, durable = true): Promise<void> {
  const temporary = `${path}.${process.pid}-${written++}.tmp`;
  try {
    const file = await open(temporary, "w", mode);
    try {
      await file.writeFile(text);
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
  const directory = await open(dirname(path), "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Removes the temporary files of processes that were killed while they wrote. */
async function removeLeftovers(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  for (const name of names) {
    const pid = /\.(\d+)-\d+\.tmp$/.exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`))
      await rm(join(directory, name), { force: true }).catch(() => undefined);
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
