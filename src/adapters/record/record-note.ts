import type { Paths } from "../files/paths.ts";
import { readRunNote, writeRunNote } from "../files/run-note.ts";

/** What one pass leaves for the next one of this boot: where the record goes on. */
export interface RecordNote {
  /** The file; null: none. */
  readonly name: string | null;
  /** Its length: another one is that of a file which was torn. */
  readonly bytes: number;
  /** Where its last key frame stands. */
  readonly keyAt: number;
  /** The last pass in it, by when it began, and how many it has. */
  readonly passMs: number | null;
  readonly passes: number;
  /** By uptime: until then the disk is left alone. */
  readonly restsUntilMs?: number;
}

/** null: there is none that can be understood. */
export async function readRecordNote(path: string): Promise<RecordNote | null> {
  const read = await readRunNote(path, parse);
  return read.kind === "note" ? read.note : null;
}

export function writeRecordNote(note: RecordNote, { recordNote, run }: Pick<Paths, "recordNote" | "run">) {
  return writeRunNote(recordNote, note, { run }, "Cannot note where the record goes on");
}

function parse(value: unknown): RecordNote | null {
  const { name, bytes, keyAt, passMs, passes, restsUntilMs } = Object(value) as Readonly<
    Record<string, unknown>
  >;
  const isName = name === null || (typeof name === "string" && !name.includes("/"));
  if (!isName || typeof bytes !== "number" || typeof keyAt !== "number" || typeof passes !== "number")
    return null;
  if (passMs !== null && typeof passMs !== "number") return null;
  const rest = typeof restsUntilMs === "number" ? { restsUntilMs } : {};
  return { name, bytes, keyAt, passMs, passes, ...rest };
}
