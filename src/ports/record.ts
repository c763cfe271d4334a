import type { PoolEvent } from "../core/model/pool-event.ts";

/** What stands in front of each text of a record, to be read without it. */
export interface RecordHead {
  /** ISO 8601, by the wall clock of the host. */
  readonly at: string;
  /** When the pass began, by the uptime of the host. */
  readonly passMs: number;
  /** Something happened to a host or a VM: it is kept for longer. */
  readonly eventful: boolean;
  /** What that was. */
  readonly events: readonly PoolEvent[];
}

export interface HeadAndText {
  readonly head: RecordHead;
  readonly text: string;
}

/**
 * Takes the record of a pass (src/record/README.md). What it costs is never more than the record: it waits for nothing but in `end`, and a
 * disk that is full or slow loses it.
 */
export interface RoundRecorder {
  /** Takes one text of the record. `make` is called later, or never where nothing can be kept. */
  keep(make: () => HeadAndText): void;
  /** Writes what is not written yet, for at most two seconds. Never rejects; `why`: nothing could be written, said once. */
  end(): Promise<{ readonly why: string | null }>;
}

/** A record that nobody keeps. */
export const NO_RECORD: RoundRecorder = { keep: () => undefined, end: async () => ({ why: null }) };

/** A text of a record that somebody has opened; a sentence: what of it cannot be read. */
export type RecordText = HeadAndText | { readonly wrong: string };

/** A file of a record. */
export type OpenedRecord =
  | {
      readonly ok: true;
      /** The program that has written it, and the machine. */
      readonly version: string;
      readonly host: string;
      /** Its texts, one after the other, each read when it is asked for. */
      readonly texts: Iterable<RecordText>;
    }
  | { readonly ok: false; readonly why: string };

/** The files of the record of this host, and any that somebody hands over. Never rejects. */
export interface RecordFiles {
  /** Those of this host, the oldest first; `incident`: something happened in it. */
  list(): Promise<readonly { readonly path: string; readonly beganMs: number; readonly incident: boolean }[]>;
  open(path: string): Promise<OpenedRecord>;
  /** What happened since then by the records of this host, the newest, not checked: at most so many bytes of JSON. */
  events(sinceWallMs: number, mostBytes: number): Promise<readonly unknown[]>;
}
