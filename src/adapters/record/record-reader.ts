import { join } from "node:path";
import type { OpenedRecord, RecordFiles, RecordText } from "../../ports/record.ts";
import type { Paths } from "../files/paths.ts";
import { readRegularBytes } from "../files/regular-file.ts";
import { readFileHead, readFrame, unpack } from "./frames.ts";
import { begunAtMs, isIncidentName, recordsIn } from "./record-folder.ts";

/** Ours are a quarter of that. */
const LONGEST_FILE = 32_000_000;
/** A file of 250 passes with MONITOR_DELAY=3600. */
const LONGEST_WRITTEN_MS = 11 * 86_400_000;
/** All texts of a file together: half an hour of reading. */
const LONGEST_TEXTS = 8_000_000_000;

/** Reads files of the record; one that a person hands over may be anything. */
export function createRecordFiles({ record }: Pick<Paths, "record">): RecordFiles {
  return {
    async list() {
      const names = await recordsIn(record).catch(() => []);
      return names.map((name) => ({
        path: join(record, name),
        beganMs: begunAtMs(name),
        incident: isIncidentName(name),
      }));
    },
    open: openRecord,
    events: (sinceWallMs, mostBytes) => readEvents(record, sinceWallMs, mostBytes),
  };
}

/** From the newest file to the oldest, as far as they fit. Never rejects. */
async function readEvents(
  folder: string,
  sinceWallMs: number,
  mostBytes: number,
): Promise<readonly unknown[]> {
  const names = await recordsIn(folder).catch(() => []);
  const kept: unknown[] = [];
  let bytes = 0;
  for (const name of [...names].reverse()) {
    // A file of an hour before may still have been written then.
    if (begunAtMs(name) < sinceWallMs - LONGEST_WRITTEN_MS) break;
    const read = await readRegularBytes(join(folder, name), { maxBytes: LONGEST_FILE, noLink: true });
    const events = read.kind === "bytes" ? eventsIn(read.bytes, sinceWallMs) : [];
    for (const event of events.reverse()) {
      bytes += Buffer.byteLength(JSON.stringify(event)) + 1;
      if (bytes > mostBytes) return kept.reverse();
      kept.push(event);
    }
  }
  return kept.reverse();
}

function eventsIn(file: Buffer, sinceWallMs: number): unknown[] {
  const events: unknown[] = [];
  for (let at = readFileHead(file)?.endsAt ?? file.length; at < file.length; ) {
    const frame = readFrame(file, at);
    if (typeof frame === "string") break;
    if (Date.parse(frame.head.at) >= sinceWallMs) events.push(...frame.head.events);
    at = frame.endsAt;
  }
  return events;
}

async function openRecord(path: string): Promise<OpenedRecord> {
  const read = await readRegularBytes(path, { maxBytes: LONGEST_FILE });
  if (read.kind === "none") return { ok: false, why: "there is no such file" };
  if (read.kind !== "bytes") return { ok: false, why: read.why };
  const head = readFileHead(read.bytes);
  if (head === null) return { ok: false, why: "it is no record of ha-lizard" };
  const { version, host } = head.head;
  return { ok: true, version, host, texts: textsOf(read.bytes, head.endsAt) };
}

function* textsOf(file: Buffer, from: number): Generator<RecordText> {
  let key: Buffer | null = null;
  let total = 0;
  for (let at = from; at < file.length; ) {
    const frame = readFrame(file, at);
    if (typeof frame === "string") {
      yield { wrong: `at byte ${at}: ${frame}` };
      return;
    }
    const { head } = frame;
    if (head.bytes === 0) yield { wrong: `a round of ${head.raw} bytes was too long to be kept` };
    else {
      total += head.raw;
      if (total > LONGEST_TEXTS) {
        yield { wrong: `at byte ${at}: there is more in it than anybody records` };
        return;
      }
      const text: Buffer | null = head.key || key !== null ? unpack(frame, key) : null;
      if (text === null) yield { wrong: `at byte ${at}: it is damaged` };
      else {
        if (head.key) key = text;
        yield { head, text: text.toString("utf8") };
      }
    }
    at = frame.endsAt;
  }
}
