import { lstat, open, stat } from "node:fs/promises";
import type { PrivateFiles } from "../../ports/private-files.ts";
import { replaceFile } from "./state-store-files.ts";

const LONGEST = 1_000_000;

export function createPrivateFiles(): PrivateFiles {
  return {
    async read(path) {
      try {
        // Before it is opened: to open a pipe waits for somebody who writes.
        const { size, isFile } = await sizeOf(path);
        if (!isFile) return { ok: false, why: "it is no ordinary file" };
        if (size > LONGEST) return { ok: false, why: "it is longer than 1 MB" };
        return { ok: true, text: await readText(path) };
      } catch (error) {
        return { ok: false, why: whyOf(error) };
      }
    },
    async look(path) {
      try {
        return (await lstat(path)).isFile() ? "ordinary" : "other";
      } catch (error) {
        // What cannot be looked at cannot be written either, and says then why.
        return (error as NodeJS.ErrnoException).code === "ENOENT" ? "none" : "other";
      }
    },
    async write(path, text) {
      try {
        await replaceFile(path, text, 0o600);
        return null;
      } catch (error) {
        return whyOf(error);
      }
    },
  };
}

async function sizeOf(path: string): Promise<{ readonly size: number; readonly isFile: boolean }> {
  const found = await stat(path);
  return { size: found.size, isFile: found.isFile() };
}

/** Never more than the limit, also of a file that grows meanwhile or says that it has no size. */
async function readText(path: string): Promise<string> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LONGEST + 1), 0, LONGEST + 1, 0);
    if (bytesRead > LONGEST) throw new Error("it is longer than 1 MB");
    return new TextDecoder("utf-8", { fatal: true }).decode(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EACCES: "permission denied",
  ENOSPC: "the disk is full",
  EROFS: "the disk is read-only",
  ENOTDIR: "a part of its path is no folder",
};

function whyOf(error: unknown): string {
  if (error instanceof TypeError) return "it is no text";
  const { code } = error as NodeJS.ErrnoException;
  return WORDS[code ?? ""] ?? (error instanceof Error ? error.message : String(error));
}
