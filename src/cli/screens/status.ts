import type { NamedUuid, StatusReport } from "../status/status-report.ts";
import type { Paint, Tone } from "./paint.ts";
import {
  daemonSaid,
  HOST_HEAD,
  haSaid,
  hostCells,
  iterationSaid,
  type Said,
  sourceSaid,
  spanText,
  vmsSaid,
} from "./status-words.ts";
import { plainText, wrapText } from "./text.ts";

export interface Look {
  readonly paint: Paint;
  /** Draw a box around it. */
  readonly box: boolean;
}

/** A line without colours, and the same with them: only the first has a width. */
interface Line {
  readonly bare: string;
  readonly painted: string;
}

const WIDTH = 80;
const LABEL = 16;
/** Longest name of a host in the table, so that it fits. */
const NAME = 24;

/** The report as people read it, at most 80 columns wide but for long names outside a box. */
export function renderStatus(report: StatusReport, { paint, box }: Look): string {
  // Inside a box there are two columns on each side.
  const room = box ? WIDTH - 4 : WIDTH;
  const line = (tone: Tone, text: string): Line => ({ bare: text, painted: paint(tone, text) });
  const paragraph = (tone: Tone, text: string, indent: string): readonly Line[] =>
    linesOf(plainText(text), indent, room).map((one) => line(tone, one));
  const row = (label: string, { text, tone }: Said): readonly Line[] => {
    const [first = "", ...more] = linesOf(plainText(text), "", room - LABEL);
    const head = label.padEnd(LABEL);
    return [
      { bare: head + first, painted: paint("quiet", head) + paint(tone, first) },
      ...more.map((one) => line(tone, " ".repeat(LABEL) + one)),
    ];
  };
  const gap: readonly Line[] = [{ bare: "", painted: "" }];
  const source = sourceSaid(report);
  const incidents = report.incidents.map(
    ({ text, ageS }) => `${text}${ageS === null ? "" : ` (since ${spanText(ageS)})`}`,
  );
  const list = (title: Line, notes: readonly string[], tone: Tone): readonly Line[] =>
    notes.length === 0
      ? []
      : [...gap, title, ...notes.flatMap((note) => bullet(note, room, (text) => line(tone, text)))];
  const parts: readonly (readonly Line[])[] = [
    [line("title", `HA-Lizard ${report.version}`)],
    source === null ? [] : [...gap, ...paragraph("warning", `! ${source}`, "")],
    gap,
    row("HA", haSaid(report)),
    row("Manages", plain(report.mode)),
    row("Fencing", plain(report.fencing)),
    row("VMs", vmsSaid(report)),
    gap,
    row("This host", plain(`${report.self.role}, ${known(report.self)}`)),
    row("Pool", plain(known(report.pool))),
    row("Master", plain(nameText(report.master))),
    row("Successor", report.successor === null ? NO_SUCCESSOR : plain(nameText(report.successor))),
    row("Monitor", daemonSaid(report.monitor)),
    row("Watchdog", daemonSaid(report.watchdog)),
    row("Last iteration", iterationSaid(report.lastIteration)),
    report.hosts.length === 0 ? [] : [...gap, ...renderHosts(report, paint)],
    incidents.length === 0 ? [...gap, line("quiet", "No open incidents.")] : [],
    list(line("title", "Open incidents"), incidents, "bad"),
    list(line("title", "What holds since the last iteration"), report.conditions, "plain"),
  ];
  return draw(parts.flat(), box);
}

const NO_SUCCESSOR: Said = { text: "none: no slave could take over", tone: "warning" };
const plain = (text: string): Said => ({ text, tone: "plain" });

function known({ name, uuid }: NamedUuid): string {
  return uuid === null ? "not known" : [name, uuid].filter((one) => one !== null).join(" ");
}

function nameText(host: NamedUuid | null): string {
  return host?.name ?? host?.uuid ?? "not known";
}

function bullet(text: string, room: number, line: (text: string) => Line): readonly Line[] {
  return linesOf(plainText(text), "", room - 2).map((one, at) => line(`${at === 0 ? "- " : "  "}${one}`));
}

/** wrapText wraps at 80 columns: an indentation of what is missing makes it narrower. */
function linesOf(text: string, indent: string, room: number): readonly string[] {
  const margin = " ".repeat(Math.max(0, WIDTH - room));
  return wrapText(text, margin)
    .split("\n")
    .filter((one) => one !== "")
    .map((one) => indent + one.slice(margin.length));
}

function renderHosts(report: StatusReport, paint: Paint): readonly Line[] {
  const rows = report.hosts.map((host) => hostCells({ ...host, name: shorten(plainText(host.name), NAME) }));
  const head: readonly Said[] = HOST_HEAD.map((text) => ({ text, tone: "quiet" }));
  const widths = HOST_HEAD.map((_, at) =>
    Math.max(...[head, ...rows].map((cells) => Bun.stringWidth(cells[at]?.text ?? ""))),
  );
  return [head, ...rows].map((cells) => {
    const padded = cells.map(({ text, tone }, at) => ({
      bare: text + " ".repeat((widths[at] ?? 0) - Bun.stringWidth(text)),
      tone,
    }));
    return {
      bare: padded
        .map(({ bare }) => bare)
        .join("  ")
        .trimEnd(),
      painted: padded.map(({ bare, tone }) => paint(tone, bare)).join("  "),
    };
  });
}

function shorten(text: string, width: number): string {
  if (Bun.stringWidth(text) <= width) return text;
  let short = "";
  for (const letter of text) {
    if (Bun.stringWidth(`${short}${letter}…`) > width) break;
    short += letter;
  }
  return `${short}…`;
}

function draw(lines: readonly Line[], box: boolean): string {
  if (!box) return lines.map(({ painted }) => `${painted.trimEnd()}\n`).join("");
  const bar = "─".repeat(WIDTH - 2);
  const inside = lines.map(({ bare, painted }) => {
    const missing = Math.max(0, WIDTH - 4 - Bun.stringWidth(bare));
    // The painted line may have spaces of its own at its end.
    const tail = " ".repeat(Math.max(0, missing - trailing(painted, bare)));
    return `│ ${painted}${tail} │\n`;
  });
  return `┌${bar}┐\n${inside.join("")}└${bar}┘\n`;
}

function trailing(painted: string, bare: string): number {
  return Math.max(0, Bun.stringWidth(painted) - Bun.stringWidth(bare));
}
