import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { isOfThisBoot, OF_THIS_BOOT, type StateName, type StateStore } from "../../ports/state-store.ts";
import { untrustedFolder } from "./ownership.ts";
import { readRegularFile } from "./regular-file.ts";
import { removeLeftovers, replaceFile } from "./replace-file.ts";
import { parseDocument, renderDocument } from "./state-document.ts";

/** Five thousand VMs are half a megabyte of index. */
const LONGEST = 8_000_000;

/**
 * State documents as JSON files, in `onDisk` or, when they are of this boot alone, in `inMemory` (a tmpfs). A document is
 * written beside its place, flushed, and renamed over it, so that after a power cut the old or the new one stands there,
 * never a part of one. Each has a checksum. Nothing is read from, or written into, a folder that others may write.
 */
export function createStateStore(onDisk: string, inMemory: string): StateStore {
  const tidied = new Set<string>();
  const folderOf = (name: StateName) => (isOfThisBoot(name) ? inMemory : onDisk);
  const pathOf = (name: StateName) => join(folderOf(name), `${name}.json`);
  const write = async (name: StateName, text: string) => {
    if (text.length > LONGEST)
      throw new Error(`Cannot write ${name}: ${text.length} characters are too many`);
    const directory = folderOf(name);
    const unsafe = unsafeFolder(directory);
    if (unsafe !== null) throw new Error(`Cannot write ${name}: ${unsafe}`);
    if (!tidied.has(directory)) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await removeLeftovers(directory);
    }
    tidied.add(directory);
    await replaceFile(pathOf(name), text, { durable: !isOfThisBoot(name) });
  };
  return {
    async load(name) {
      const path = pathOf(name);
      const unsafe = unsafeFolder(folderOf(name));
      if (unsafe !== null) return { kind: "unreadable", why: `Cannot use ${path}: ${unsafe}` };
      const read = await readRegularFile(path, { maxBytes: LONGEST, trusted: true, noLink: true });
      if (read.kind === "none") return { kind: "none" };
      if (read.kind === "untrusted" || read.kind === "fault")
        return { kind: "unreadable", why: `Cannot read ${path}: ${read.why}` };
      const parsed =
        read.kind === "text" ? parseDocument(name, read.text) : { ok: false as const, why: read.why };
      if (parsed.ok) return { kind: "found", value: parsed.value };
      // What this program has not written as it stands there is put aside, and is not in the way any more.
      await rename(path, `${path}.damaged`).catch(() => undefined);
      return { kind: "damaged", why: `${path} is damaged (${parsed.why}); kept as ${path}.damaged` };
    },
    async save(name, value) {
      try {
        await write(name, renderDocument(name, value));
      } catch (error) {
        // An older one would be taken for the newest.
        if (isOfThisBoot(name))
          await rm(pathOf(name), { force: true, recursive: true }).catch(() => undefined);
        throw error;
      }
    },
  };
}

/** Documents of earlier versions that nobody writes any more. */
const GONE = ["journal"];

/** Where this program keeps more than documents: what it knows of fence devices. */
const SUBFOLDERS = ["fence-pins", "fence-pins/ssh", "fence-pins/redfish"];

/**
 * Removes what processes that were killed while they wrote have left in the folder of state on disk, and what earlier
 * versions have kept there of their boot. Never rejects.
 */
export async function tidyStateFolder(directory: string): Promise<void> {
  for (const name of [...OF_THIS_BOOT, ...GONE])
    await rm(join(directory, `${name}.json`), { force: true }).catch(() => undefined);
  await removeLeftovers(directory);
  for (const folder of SUBFOLDERS) await removeLeftovers(join(directory, folder));
}

function unsafeFolder(directory: string): string | null {
  try {
    return untrustedFolder(directory);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
