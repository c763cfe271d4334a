import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { whyUntrusted } from "../adapters/fencing/trusted-path.ts";
import { readRegularFileSync, wordsOf } from "../adapters/files/regular-file.ts";
import { removeLeftoversOf, replaceFile } from "../adapters/files/replace-file.ts";
import type { FenceLists, ListWrite, ReadList } from "../ports/fence-lists.ts";
import { HOSTS_SYNTAX } from "./hosts-syntax.ts";
import { deviceText, examineList, LONGEST_LIST, syntaxOf, whyNotList } from "./list-check.ts";
import { readMethodFile } from "./method-files.ts";
import { methodFolder } from "./method-folder.ts";

export interface FenceListsOptions {
  /** Folder of the built-in methods' lists. */
  readonly standard: string;
  /** FENCE_FILE_LOC, as the agents of this host are given it. */
  agents(): Promise<string>;
}

/** The lists in the files of this host. */
export function createFenceLists({ standard, agents }: FenceListsOptions): FenceLists {
  const pathOf = async (method: string): Promise<string> =>
    join(methodFolder(method, await agents(), standard), `${method}.hosts`);
  return {
    methods: Object.keys(HOSTS_SYNTAX),
    shape: (method) => syntaxOf(method)?.shape ?? "",
    async read(method) {
      return syntaxOf(method) === null ? unknown(method) : readList(await pathOf(method));
    },
    async readBefore(method) {
      const before = readRegularFileSync(backupOf(await pathOf(method)), { maxBytes: LONGEST_LIST });
      return before.kind === "text" ? before.text : null;
    },
    examine(method, text) {
      const syntax = syntaxOf(method);
      return syntax === null ? { devices: [], problems: [unknown(method).why] } : examineList(text, syntax);
    },
    render(method, device) {
      const syntax = syntaxOf(method);
      return syntax === null ? device.address : deviceText(device, syntax);
    },
    async write(write) {
      return replaceList(write, await pathOf(write.method));
    },
  };
}

const backupOf = (path: string): string => `${path}.bak`;

function unknown(method: string): { readonly ok: false; readonly why: string } {
  return { ok: false, why: `${method} has no list that this version knows` };
}

function readList(path: string): ReadList {
  const found = readRegularFileSync(path, { maxBytes: LONGEST_LIST });
  if (found.kind === "none") return { ok: true, path, text: null };
  if (found.kind !== "text") return { ok: false, why: `Cannot read ${path}: ${found.why}` };
  // Only what the agents of this host would use themselves.
  const file = readMethodFile(path, "it has just gone");
  return file.ok ? { ok: true, path, text: file.text } : file;
}

async function replaceList(write: ListWrite, path: string): Promise<string | null> {
  const syntax = syntaxOf(write.method);
  if (syntax === null) return unknown(write.method).why;
  const found = readList(path);
  if (!found.ok) return found.why;
  const why = whyNotList(write, found.text, syntax);
  if (why !== null) return `${path}: ${why}`;
  if (found.text === write.text) return null;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    const untrusted = whyUntrusted(dirname(path));
    if (untrusted !== null) return untrusted;
    const backup = backupOf(path);
    await removeLeftoversOf(path);
    await removeLeftoversOf(backup);
    if (found.text !== null) await replaceFile(backup, found.text);
    await replaceFile(path, write.text);
    return null;
  } catch (error) {
    return `${path}: ${wordsOf(error)}`;
  }
}
