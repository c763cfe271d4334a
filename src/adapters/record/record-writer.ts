import { appendFile, readFile, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../ports/clock.ts";
import { neverAborts, withDeadline } from "../../ports/deadline.ts";
import type { HeadAndText, RecordHead, RoundRecorder } from "../../ports/record.ts";
import type { Paths } from "../files/paths.ts";
import { wordsOf } from "../files/regular-file.ts";
import { FramePacker, readFrame, renderFileHead, unpack } from "./frames.ts";
import {
  FILE_BYTES,
  incidentName,
  isIncidentName,
  makeRecordFolder,
  newName,
  PASSES_PER_FILE,
  pruneRecords,
  recordsIn,
} from "./record-folder.ts";
import { type RecordNote, readRecordNote, writeRecordNote } from "./record-note.ts";

/** How long a pass waits for its record, once everything else of it is done. */
const END_MS = 2_000;
/** A disk that was too slow, or refused, is left alone for so long. */
const REST_MS = 600_000;
/** So many rounds wait for a disk; those that come then are lost. */
const MOST_WAITING = 8;

export interface RecorderOptions {
  readonly paths: Pick<Paths, "record" | "recordNote" | "run">;
  readonly clock: Clock;
  readonly version: string;
  /** The name of this machine. */
  readonly host: string;
}

/** Keeps the record of one pass in the files of this host (src/record/README.md). One for each process. */
export function createRecorder(options: RecorderOptions): RoundRecorder {
  return new Recorder(options);
}

/** The file that is being written, and where the text stands that its next frames differ from. */
interface Open {
  note: RecordNote;
  readonly packer: FramePacker;
}

class Recorder implements RoundRecorder {
  private readonly options: RecorderOptions;
  private waiting: (() => HeadAndText)[] = [];
  private work: Promise<void> | null = null;
  private open: Open | null = null;
  private before: RecordNote | null = null;
  /** Why no more is written in this pass. */
  private fault: string | null = null;
  private isResting = false;

  constructor(options: RecorderOptions) {
    this.options = options;
  }

  keep(make: () => HeadAndText): void {
    if (this.fault !== null || this.isResting || this.waiting.length >= MOST_WAITING) return;
    this.waiting.push(make);
    this.work ??= this.write();
  }

  async end(): Promise<{ readonly why: string | null }> {
    const { clock } = this.options;
    await withDeadline<void>(
      clock,
      END_MS,
      neverAborts(),
      async () => this.work ?? undefined,
      () => {
        this.fault ??= "the disk is too slow for it";
      },
    );
    if (this.fault === null) return { why: null };
    const isNews = this.before?.restsUntilMs === undefined;
    await this.rest();
    return { why: isNews ? this.fault : null };
  }

  /** Once for all that waits; what comes meanwhile is taken, too. Never rejects. */
  private async write(): Promise<void> {
    try {
      // What was begun in this round is on its way first.
      await new Promise((resolve) => setImmediate(resolve));
      for (;;) {
        const make = this.waiting.shift();
        if (make === undefined || (await this.rests())) break;
        const { head, text } = make();
        await this.append(await this.openFile(head), head, text);
      }
    } catch (error) {
      this.fault ??= wordsOf(error);
      this.waiting = [];
    } finally {
      this.work = null;
    }
  }

  /** Is the disk left alone, by the note of the pass before? */
  private async rests(): Promise<boolean> {
    if (this.open !== null || this.isResting) return this.isResting;
    const { paths, clock } = this.options;
    this.before = await readRecordNote(paths.recordNote);
    const { restsUntilMs = 0 } = this.before ?? {};
    this.isResting = clock.uptimeMs() < restsUntilMs;
    return this.isResting;
  }

  /** The file of the pass before, as long as it stands as it was left; else a new one. */
  private async openFile({ passMs }: RecordHead): Promise<Open> {
    this.open ??= (this.before && (await this.goOn(this.before))) ?? (await this.begin());
    const { note } = this.open;
    const isFull = note.bytes > FILE_BYTES || (note.passMs !== passMs && note.passes >= PASSES_PER_FILE);
    if (isFull) this.open = await this.begin();
    return this.open;
  }

  private async goOn(note: RecordNote): Promise<Open | null> {
    if (note.name === null) return null;
    const path = join(this.options.paths.record, note.name);
    const found = await stat(path).catch(() => null);
    if (found?.size !== note.bytes) return null;
    const frame = readFrame(await readFile(path), note.keyAt);
    const text = typeof frame === "string" ? null : unpack(frame, null);
    if (typeof frame === "string" || text === null) return null;
    return { note, packer: new FramePacker({ text, bytes: frame.body.length }) };
  }

  private async begin(): Promise<Open> {
    const { paths, clock, version, host } = this.options;
    await makeRecordFolder(paths.record);
    const name = newName(clock.wallMs(), new Set(await recordsIn(paths.record)));
    if (name === null) throw new Error("there is a file of this name");
    const head = renderFileHead({ record: "ha-lizard", format: 1, version, host });
    await appendFile(join(paths.record, name), head, { mode: 0o600, flag: "ax" });
    await pruneRecords(paths.record, clock.wallMs());
    const note = { name, bytes: head.length, keyAt: head.length, passMs: null, passes: 0 };
    return { note, packer: new FramePacker(null) };
  }

  private async append(open: Open, head: RecordHead, text: string): Promise<void> {
    const { paths } = this.options;
    const { frame, isKey } = await open.packer.pack(head, text);
    const { note } = open;
    let name = note.name ?? "";
    await appendFile(join(paths.record, name), frame);
    if (head.eventful && !isIncidentName(name)) {
      await rename(join(paths.record, name), join(paths.record, incidentName(name)));
      name = incidentName(name);
    }
    open.note = {
      name,
      bytes: note.bytes + frame.length,
      keyAt: isKey ? note.bytes : note.keyAt,
      passMs: head.passMs,
      passes: note.passes + (note.passMs === head.passMs ? 0 : 1),
    };
    await writeRecordNote(open.note, paths);
  }

  /** The next passes leave the disk alone for a while, and begin a new file then. */
  private async rest(): Promise<void> {
    const { paths, clock } = this.options;
    const restsUntilMs = clock.uptimeMs() + REST_MS;
    const note = { name: null, bytes: 0, keyAt: 0, passMs: null, passes: 0, restsUntilMs };
    await writeRecordNote(note, paths).catch(() => undefined);
  }
}
