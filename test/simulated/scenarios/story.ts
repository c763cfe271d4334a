import { NOISE } from "../../../src/simulation/in-words.ts";
import { hostDefaults } from "../../../src/simulation/spec.ts";
import type { LogEntry } from "../../../src/simulation/world.ts";
import { type Causes, causesOf } from "./causes.ts";

const HOST_DETAILS = new Set(["host", "by", "from", "to", "master"]);

/** Every service says so each time it begins; what stopped it has a line of its own. */
const MONITOR_STARTED = "The monitor has started.";

/** `marked`: a mail or message is a mark on the log line that caused it. `in full`: it is a line of its own. */
export type Alerts = "marked" | "in full";

/**
 * A world's log as the lines of a story: time, what, who, and the rest; hosts by the names people use. A mark is
 * `  [mail, message]` at the end of a line. A mail or message that no line caused keeps a line of its own.
 *
 * @param render what an event is called; null leaves it out
 */
export function renderStory(
  log: readonly LogEntry[],
  alerts: Alerts = "marked",
  render: (entry: LogEntry) => string | null = renderEntry,
): string {
  const causes: Causes = alerts === "marked" ? causesOf(log) : new Map();
  const marks = new Set([...causes.values()].flat());
  return log
    .filter((entry) => !isSilent(entry) && !marks.has(entry))
    .map((entry) => {
      const text = render(entry);
      if (text === null) return "";
      return `${renderTime(entry.atMs)}  ${withNames(text)}${renderMarks(causes.get(entry))}\n`;
    })
    .join("");
}

const isSilent = ({ what, text }: LogEntry): boolean =>
  NOISE.has(what) || (what === "log" && text === MONITOR_STARTED);

const renderMarks = (sent: readonly LogEntry[] = []): string =>
  sent.length === 0
    ? ""
    : `  [${sent
        .map(({ what }) => what)
        .sort()
        .join(", ")}]`;

/** `12:05.3`: minutes, seconds and tenths since the beginning. */
function renderTime(ms: number): string {
  const tenths = Math.round(ms / 100);
  const minutes = Math.floor(tenths / 600);
  const seconds = ((tenths % 600) / 10).toFixed(1).padStart(4, "0");
  return `${String(minutes).padStart(3)}:${seconds}`;
}

function renderEntry({ atMs: _, what, ...details }: LogEntry): string {
  switch (what) {
    case "log":
      return `h${details["host"]} ${details["severity"]} ${details["from"]}: ${details["text"]}`;
    case "mail":
      return `h${details["host"]} mail ${details["severity"]}: ${details["subject"]}`;
    case "alarm":
      return `h${details["host"]} alarm ${details["severity"]}: ${details["subject"]}`;
    case "message":
      return `message ${details["priority"] ?? ""} ${String(details["body"] ?? "").split("\n")[0]}`;
    case "script":
      return `> ${details["line"]}`;
    default:
      return [what, ...Object.entries(details).map(([name, value]) => renderDetail(name, value))].join(" ");
  }
}

function renderDetail(name: string, value: unknown): string {
  if (HOST_DETAILS.has(name) && typeof value === "number")
    return name === "host" ? `h${value}` : `${name} h${value}`;
  if (name === "vm") return String(value);
  if (name === "hosts" && Array.isArray(value)) return value.map((host) => `h${host}`).join(" ");
  return `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`;
}

/** Uuids and addresses of hosts mean nothing to a reader. */
function withNames(text: string): string {
  let named = text;
  for (let number = 1; number <= 16; number++) {
    const { uuid, address, name } = hostDefaults(number);
    named = named
      .replaceAll(uuid, name)
      .replaceAll(new RegExp(`${address.replaceAll(".", "\\.")}\\b`, "g"), name);
  }
  return named;
}
