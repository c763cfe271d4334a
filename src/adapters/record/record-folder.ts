import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { untrustedFolder } from "../files/ownership.ts";
import { readFileHead, readFrame } from "./frames.ts";

/** A file of the record: `2026-11-30T19-43-49.120Z.record`, `….incident.record` when something happened in it. */
const NAME = /^(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z)(-\d)?(\.incident)?\.record$/;

/** No file of ours is longer; what a person hands over may be. */
export const FILE_BYTES = 8_000_000;
export const PASSES_PER_FILE = 250;
const KEPT_PASSES = 500;
const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;
/** All files together. */
const TOTAL_BYTES = 64_000_000;

export const incidentName = (name: string): string =>
  name.replace(/(\.incident)?\.record$/, ".incident.record");
export const isIncidentName = (name: string): boolean => name.endsWith(".incident.record");

/** A name that is free, of a file that begins at this time. */
export function newName(wallMs: number, taken: ReadonlySet<string>): string | null {
  const stamp = new Date(wallMs).toISOString().replaceAll(":", "-");
  for (const suffix of ["", ...Array.from({ length: 9 }, (_, index) => `-${index + 1}`)]) {
    const name = `${stamp}${suffix}.record`;
    if (!taken.has(name) && !taken.has(incidentName(name))) return name;
  }
  return null;
}

/** The files of a folder, the oldest first; none where there is no such folder. Rejects when it cannot be read. */
export async function recordsIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => NAME.test(name)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** When a file was begun, in wall milliseconds, by its name. */
export function begunAtMs(name: string): number {
  const stamp = NAME.exec(name)?.[1] ?? "";
  return Date.parse(stamp.replace(/T(\d\d)-(\d\d)-(\d\d)/, "T$1:$2:$3"));
}

/** Makes the folder. Rejects when it cannot be used. */
export async function makeRecordFolder(folder: string): Promise<void> {
  const untrusted = untrustedFolder(folder);
  if (untrusted !== null) throw new Error(untrusted);
  await mkdir(folder, { recursive: true, mode: 0o700 });
}

/**
 * Removes what need not be kept any more: the newest files stay until they have five hundred passes, those in which something happened
 * for thirty days, all of them within 64 MB, the oldest first.
 */
export async function pruneRecords(folder: string, nowWallMs: number): Promise<void> {
  const names = [...(await recordsIn(folder))].reverse();
  let passes = 0;
  let bytes = 0;
  for (const [index, name] of names.entries()) {
    const path = join(folder, name);
    bytes += (await stat(path)).size;
    const isRecent = index === 0 || passes < KEPT_PASSES;
    const isYoung = nowWallMs - begunAtMs(name) < KEPT_DAYS * DAY_MS;
    const isKept = bytes <= TOTAL_BYTES && (isRecent || (isIncidentName(name) && isYoung));
    if (!isKept) {
      await rm(path, { force: true });
      continue;
    }
    if (isRecent) passes += await countPasses(path);
  }
}

/** Passes of a file, by the heads of its frames. */
async function countPasses(path: string): Promise<number> {
  if ((await stat(path)).size > FILE_BYTES * 2) return 0;
  const file = await readFile(path);
  const seen = new Set<number>();
  let at = readFileHead(file)?.endsAt ?? file.length;
  while (at < file.length) {
    const frame = readFrame(file, at);
    if (typeof frame === "string") break;
    seen.add(frame.head.passMs);
    at = frame.endsAt;
  }
  return seen.size;
}
