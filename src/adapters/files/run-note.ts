import { makePrivateFolder } from "./ownership.ts";
import type { Paths } from "./paths.ts";
import { readRegularFile } from "./regular-file.ts";
import { replaceFile } from "./replace-file.ts";

const LONGEST_NOTE = 4_096;

/** A note of what this boot has to undo: below /run, for a boot forgets both. Rejects with `what` could not be done, and why. */
export async function writeRunNote(
  path: string,
  value: unknown,
  { run }: Pick<Paths, "run">,
  what: string,
): Promise<void> {
  const unusable = makePrivateFolder(run);
  if (unusable !== null) throw new Error(`${what}: ${unusable}`);
  await replaceFile(path, `${JSON.stringify(value)}\n`, { durable: false });
}

/** `damaged`: it is there, and cannot be read, or `parse` does not understand it. Never rejects. */
export async function readRunNote<T>(
  path: string,
  parse: (value: unknown) => T | null,
): Promise<{ readonly kind: "none" | "damaged" } | { readonly kind: "note"; readonly note: T }> {
  const read = await readRegularFile(path, { maxBytes: LONGEST_NOTE, trusted: true, noLink: true });
  if (read.kind === "none") return { kind: "none" };
  if (read.kind !== "text") return { kind: "damaged" };
  try {
    const note = parse(JSON.parse(read.text) as unknown);
    return note === null ? { kind: "damaged" } : { kind: "note", note };
  } catch {
    return { kind: "damaged" };
  }
}
