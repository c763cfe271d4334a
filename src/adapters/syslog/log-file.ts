import { open, stat } from "node:fs/promises";
import type { Clock } from "../../ports/clock.ts";
import type { LogLine, LogReader } from "../../ports/log-reader.ts";

const LONGEST = 8_000_000;
const LOOK_MS = 500;
/** The tag of every line, whoever of this program has written it (logger-syslog.ts, the service scripts). */
const OURS = /^(?:\d{4}-\S+|[A-Z][a-z]{2} [ \d]\d [\d:]{8}) \S+ ha-lizard[\w.-]*(?:\[\d+\])?: /;
const DAY_MS = 86_400_000;

export interface LogFileOptions {
  readonly clock: Clock;
  /** Where syslog may write, the first that is there counts. */
  readonly places: readonly string[];
  /** Aborted when nobody can read any more what is told. */
  readonly closed: AbortSignal;
}

/** A part of the log that was read: up to `end`, in the file with this number. */
interface Place {
  readonly path: string;
  readonly inode: number;
  readonly end: number;
}

/** The log as the file that syslog writes: nothing has to be started, and it is there when the journal is not. */
export function createLogFile({ clock, places, closed }: LogFileOptions): LogReader {
  let seen: Place | null = null;
  let rest = "";

  /** Complete lines only; what is half written comes with the next look. */
  const linesOf = (text: string): readonly LogLine[] => {
    const all = (rest + text).split("\n");
    rest = all.pop() ?? "";
    return all
      .filter((line) => OURS.test(line))
      .map((line) => ({ atMs: timeOf(line, clock.wallMs()), text: line }));
  };

  /** What has come since the last look; after a rotation the new file from its beginning. */
  const more = async ({ path, inode, end }: Place): Promise<readonly LogLine[]> => {
    const now = await stat(path);
    const from = now.ino === inode && now.size >= end ? end : 0;
    if (from === 0) rest = "";
    const text = now.size > from ? await readFrom(path, Math.max(from, now.size - LONGEST), now.size) : "";
    seen = { path, inode: now.ino, end: now.size };
    return linesOf(text);
  };

  return {
    async recent() {
      const path = await firstOf(places);
      if (path === null) return { ok: false, why: `there is no ${places.join(" and no ")}` };
      try {
        rest = "";
        const before = linesOf(await readFrom(`${path}.1`, 0, LONGEST).catch(() => ""));
        rest = "";
        const lines = await more({ path, inode: 0, end: 0 });
        return { ok: true, lines: [...before, ...lines] };
      } catch (error) {
        return { ok: false, why: error instanceof Error ? error.message : String(error) };
      }
    },
    async follow(tell, signal) {
      const over = AbortSignal.any([signal, closed]);
      while (!over.aborted && seen !== null) {
        // Between two files of a rotation there is none.
        for (const line of await more(seen).catch(() => [])) tell(line);
        await clock.sleep(LOOK_MS, over);
      }
    },
  };
}

async function firstOf(places: readonly string[]): Promise<string | null> {
  for (const path of places) {
    const found = await stat(path).catch(() => null);
    if (found?.isFile() === true) return path;
  }
  return null;
}

async function readFrom(path: string, from: number, to: number): Promise<string> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(to - from), 0, to - from, from);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** `Nov 23 09:41:40` in local time and without a year, or ISO 8601. */
function timeOf(line: string, nowMs: number): number | null {
  const iso = /^\d{4}-\d\d-\d\dT\S+/.exec(line)?.[0];
  if (iso !== undefined) return nullOf(Date.parse(iso));
  const old = /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d/.exec(line)?.[0];
  if (old === undefined) return null;
  const year = new Date(nowMs).getFullYear();
  const thisYear = Date.parse(`${old} ${year}`);
  // December's lines are read in January.
  return nullOf(thisYear > nowMs + DAY_MS ? Date.parse(`${old} ${year - 1}`) : thisYear);
}

function nullOf(ms: number): number | null {
  return Number.isNaN(ms) ? null : ms;
}
