import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import type { StateName, StateStore } from "../../ports/state-store.ts";
import { untrustedFolder } from "./ownership.ts";
import { readRegularFile } from "./regular-file.ts";
import { removeLeftovers, replaceFile } from "./replace-file.ts";
import { parseDocument, renderDocument } from "./state-document.ts";

/** Five thousand VMs are half a megabyte of index. */
const LONGEST = 8_000_000;

/**
 * State documents as JSON files in one directory. A document is written beside its place, flushed, and renamed over
 * it, so that after a power cut the old or the new one stands there, never a part of one. Each has a checksum. Nothing
 * is read from, or written into, a folder that others may write.
 */
export function createStateStore(directory: string): StateStore {
  let tidied = false;
  const pathOf = (name: StateName) => join(directory, `${name}.json`);
  return {
    async load(name) {
      const path = pathOf(name);
      const unsafe = unsafeFolder(directory);
      if (unsafe !== null) return { kind: "unreadable", why: `Cannot use ${path}: ${unsafe}` };
      const read = await readRegularFile(path, { maxBytes: LONGEST, trusted: true, noLink: true });
      if (read.kind === "none") return { kind: "none" };
      if (read.kind === "untrusted" || read.kind === "fault")
        return { kind: "unreadable", why: `Cannot read ${path}: ${read.why}` };
      const parsed = read.kind === "text" ? parseDocument(name, read.text) : null;
      if (parsed?.ok) return { kind: "found", value: parsed.value };
      // What this program has not written as it stands there is put aside, and is not in the way any more.
      await rename(path, `${path}.damaged`).catch(() => undefined);
      const why = parsed?.why ?? (read.kind === "text" ? "" : read.why);
      return { kind: "damaged", why: `${path} is damaged (${why}); kept as ${path}.damaged` };
    },
    async save(name, value) {
      const text = renderDocument(name, value);
      if (text.length > LONGEST)
        throw new Error(`Cannot write ${name}: ${text.length} characters are too many`);
      const unsafe = unsafeFolder(directory);
      if (unsafe !== null) throw new Error(`Cannot write ${name}: ${unsafe}`);
      if (!tidied) {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await removeLeftovers(directory);
      }
      tidied = true;
      await replaceFile(pathOf(name), text, !OF_THIS_BOOT.has(name));
    },
  };
}

/** Where this program keeps more than documents: what it knows of fence devices. */
const SUBFOLDERS = ["fence-pins", "fence-pins/ssh", "fence-pins/redfish"];

/** Removes what processes that were killed while they wrote have left in the folder of state. Never rejects. */
export async function tidyStateFolder(directory: string): Promise<void> {
  await removeLeftovers(directory);
  for (const folder of SUBFOLDERS) await removeLeftovers(join(directory, folder));
}

/** The heartbeat of every pass says nothing after a power cut, so the disk need not be waited for. */
const OF_THIS_BOOT: ReadonlySet<StateName> = new Set(["pass"]);

function unsafeFolder(directory: string): string | null {
  try {
    return untrustedFolder(directory);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
