import type { NamedUuid, StatusReport } from "../status/status-report.ts";
import { BOX_MARGIN, drawBox } from "./box.ts";
import { countingSaid, leaderSaid, leaseSaid } from "./group-words.ts";
import { heardHostText, hearingSaid } from "./hearing-words.ts";
import { renderHostTable } from "./host-table.ts";
import type { Paint, Tone } from "./paint.ts";
import {
  daemonSaid,
  fencingSaid,
  haSaid,
  iterationSaid,
  type Said,
  sourceSaid,
  spanText,
  standingSaid,
  stoppedNotes,
  successorSaid,
  vmsSaid,
} from "./status-words.ts";
import { plainText, WIDTH, wrapText } from "./text.ts";
import { tieLine } from "./tie-words.ts";

export interface Look {
  readonly paint: Paint;
  /** It is a terminal: draw a box around it, where there is room for one. */
  readonly box: boolean;
  /** Columns of the terminal; no line is longer than 80 of them. */
  readonly columns: number;
  /** The terminal shows more than ASCII. */
  readonly unicode: boolean;
}

const LABEL = 16;
/** A box costs four columns: on a narrower terminal the words need them. */
const NARROWEST_BOX = 50;
/** Narrower than this nothing can be laid out, and the terminal breaks the lines itself. */
const NARROWEST = 32;

/** The report as people read it, no line longer than the terminal is wide. */
export function renderStatus(report: StatusReport, look: Look): string {
  const { paint, unicode } = look;
  const width = Math.max(NARROWEST, Math.min(WIDTH, look.columns));
  const box = look.box && width >= NARROWEST_BOX;
  const room = box ? width - BOX_MARGIN : width;
  const paragraph = (tone: Tone, text: string, indent: string): readonly string[] =>
    linesOf(plainText(text), indent, room).map((one) => paint(tone, one));
  const row = (label: string, { text, tone }: Said): readonly string[] => {
    const [first = "", ...more] = linesOf(plainText(text), "", room - LABEL);
    const head = label.padEnd(LABEL);
    return [
      paint("quiet", head) + paint(tone, first),
      ...more.map((one) => paint(tone, " ".repeat(LABEL) + one)),
    ];
  };
  const gap = [""];
  const source = sourceSaid(report);
  const incidents = report.incidents.map(
    ({ text, ageS }) => `${text}${ageS === null ? "" : ` (since ${spanText(ageS)})`}`,
  );
  const heartbeats = hearingSaid(report.hearing, report.hosts.length);
  const counting = report.group === null ? null : countingSaid(report.group);
  const leases = report.group === null ? null : leaseSaid(report.group);
  const standing = standingSaid(report);
  const tie = report.group === null ? null : tieLine(report.group);
  const list = (title: string, notes: readonly string[], tone: Tone): readonly string[] =>
    notes.length === 0
      ? []
      : [
          ...gap,
          paint("title", title),
          ...notes.flatMap((note) => bullet(note, room)).map((one) => paint(tone, one)),
        ];
  const parts: readonly (readonly string[])[] = [
    [paint("title", `HA-Lizard ${report.version}`)],
    source === null ? [] : [...gap, ...paragraph("warning", `! ${source}`, "")],
    gap,
    row("HA", haSaid(report)),
    row("Manages", plain(report.mode)),
    row("Fencing", fencingSaid(report)),
    row("VMs", vmsSaid(report)),
    standing === null ? [] : row("Survives", standing),
    gap,
    row("This host", plain(`${report.self.role}, ${known(report.self)}`)),
    row("Pool", plain(known(report.pool))),
    row("Master", plain(nameText(report.master))),
    row("Successor", successorSaid(report)),
    row("Leader", leaderSaid(report.group, report.ha === "on")),
    counting === null ? [] : row("Votes", counting),
    tie === null ? [] : row("Tie", tie),
    leases === null ? [] : row("Leases", leases),
    row("Monitor", daemonSaid(report.monitor)),
    row("Watchdog", daemonSaid(report.watchdog)),
    row("Last iteration", iterationSaid(report.lastIteration)),
    heartbeats === null ? [] : row("Heartbeats", heartbeats),
    report.hosts.length === 0
      ? []
      : [...gap, ...renderHostTable(report.hosts, { paint, room, mark: unicode ? "…" : "..." })],
    list("Who is heard", (report.hearing?.hosts ?? []).map(heardHostText), "plain"),
    incidents.length === 0 ? [...gap, paint("quiet", "No open incidents.")] : [],
    list("Open incidents", incidents, "bad"),
    list("Stopped on purpose", stoppedNotes(report), "plain"),
    list("What holds since the last iteration", report.conditions, "plain"),
  ];
  const lines = parts.flat();
  if (box) return drawBox(lines, width, unicode);
  return lines.map((line) => `${line.trimEnd()}\n`).join("");
}

const plain = (text: string): Said => ({ text, tone: "plain" });

function known({ name, uuid }: NamedUuid): string {
  return uuid === null ? "not known" : [name, uuid].filter((one) => one !== null && one !== "").join(" ");
}

function nameText(host: NamedUuid | null): string {
  return host?.name || (host?.uuid ?? "not known");
}

function bullet(text: string, room: number): readonly string[] {
  return linesOf(plainText(text), "", room - 2).map((one, at) => `${at === 0 ? "- " : "  "}${one}`);
}

/** A paragraph in lines of at most `room` columns; a word that is longer goes on in the next line. */
function linesOf(text: string, indent: string, room: number): readonly string[] {
  const width = room - Bun.stringWidth(indent);
  return wrapText(text, "", "", width)
    .split("\n")
    .filter((one) => one !== "")
    .flatMap((one) => piecesOf(one, width))
    .map((one) => indent + one);
}

function piecesOf(text: string, width: number): readonly string[] {
  const pieces: string[] = [];
  let piece = "";
  for (const letter of text) {
    if (piece !== "" && Bun.stringWidth(piece + letter) > width) {
      pieces.push(piece);
      piece = "";
    }
    piece += letter;
  }
  return piece === "" ? pieces : [...pieces, piece];
}
