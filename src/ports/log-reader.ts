/** One line of the system's log that this program has written. */
export interface LogLine {
  /** When, in milliseconds since the epoch; null where the line does not say. */
  readonly atMs: number | null;
  /** The line as it stands in the log. */
  readonly text: string;
}

export type LogLines =
  | { readonly ok: true; readonly lines: readonly LogLine[] }
  | { readonly ok: false; readonly why: string };

/** This program's lines of the log of this host. */
export interface LogReader {
  /** What the log holds now, the oldest first; of a long log the end. Never rejects. */
  recent(): Promise<LogLines>;
  /**
   * Tells of every line after those of the last `recent`, also when the log is rotated. Ends with `signal`, or when
   * nobody reads any more what is told; never rejects.
   */
  follow(tell: (line: LogLine) => void, signal: AbortSignal): Promise<void>;
}
