import type { LogEntry } from "../../../src/simulation/world.ts";

/** What went out because of a line of the log, in the order in which it went out. */
export type Causes = ReadonlyMap<LogEntry, readonly LogEntry[]>;

/**
 * Finds for each mail and each XAPI message the log line that caused it: an earlier line with the very text that was
 * mailed or posted. A line causes one mail and one message at most. What has no such line has no cause: an alarm of the
 * monitor, or an alert of a function whose log is switched off.
 */
export function causesOf(log: readonly LogEntry[]): Causes {
  const causes = new Map<LogEntry, LogEntry[]>();
  for (const [index, entry] of log.entries()) {
    if (entry.what !== "mail" && entry.what !== "message") continue;
    const isFree = (line: LogEntry): boolean => !sent(causes, line, entry.what);
    const lines = log.slice(0, index).filter((line) => isTextOf(line, entry) && isFree(line));
    const cause = entry.what === "mail" ? ofHost(lines, entry).at(-1) : causeOfMessage(lines, entry, causes);
    if (cause !== undefined) causes.set(cause, [...(causes.get(cause) ?? []), entry]);
  }
  return causes;
}

/**
 * XAPI messages are files of the master, so the world records the master's number whichever host posted a message. What
 * was posted was mailed as well, unless mails are switched off; a line of the master itself goes before one of a slave.
 */
function causeOfMessage(lines: readonly LogEntry[], message: LogEntry, causes: Causes): LogEntry | undefined {
  const mailed = lines.filter((line) => sent(causes, line, "mail"));
  return ofHost(mailed, message).at(-1) ?? mailed.at(-1) ?? ofHost(lines, message).at(-1);
}

const ofHost = (lines: readonly LogEntry[], { host }: LogEntry): readonly LogEntry[] =>
  lines.filter((line) => line["host"] === host);

const sent = (causes: Causes, line: LogEntry, what: string): boolean =>
  causes.get(line)?.some((entry) => entry.what === what) === true;

/** Whether a mail or message says what a line of the log says, so that nothing is lost when the line stands for it. */
function isTextOf(line: LogEntry, entry: LogEntry): boolean {
  if (line.what !== "log") return false;
  const text = String(line["text"]);
  const [subject, body] =
    entry.what === "mail" ? [entry["subject"], entry["body"]] : String(entry["body"]).split("\n");
  if (entry.what === "mail" && entry["severity"] !== line["severity"]) return false;
  return text === body && text.startsWith(String(subject));
}
