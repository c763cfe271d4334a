import { lstat } from "node:fs/promises";
import type { PrivateFiles } from "../../ports/private-files.ts";
import { readRegularFile, wordsOf } from "./regular-file.ts";
import { removeLeftoversOf, replaceFile } from "./replace-file.ts";

const LONGEST = 1_000_000;

export function createPrivateFiles(): PrivateFiles {
  return {
    async read(path) {
      const read = await readRegularFile(path, { maxBytes: LONGEST });
      if (read.kind === "none") return { ok: false, why: "there is no such file or folder" };
      if (read.kind !== "text") return { ok: false, why: read.why };
      // A backup that was written in another encoding: a password would become another one.
      return read.text.includes("\ufffd")
        ? { ok: false, why: "it is no text (UTF-8)" }
        : { ok: true, text: read.text };
    },
    async look(path) {
      try {
        return (await lstat(path)).isFile() ? "ordinary" : "other";
      } catch (error) {
        // What cannot be looked at cannot be written either, and says then why.
        return (error as NodeJS.ErrnoException).code === "ENOENT" ? "none" : "other";
      }
    },
    write: (path, text) => write(path, text, PRIVATE),
    publish: (path, text) => write(path, text, PUBLIC),
  };
}

const PRIVATE = 0o600;
const PUBLIC = 0o644;

async function write(path: string, text: string, mode: number): Promise<string | null> {
  try {
    await removeLeftoversOf(path);
    await replaceFile(path, text, { mode });
    return null;
  } catch (error) {
    return wordsOf(error);
  }
}
