import type { HostReport } from "../status/status-report.ts";
import type { Line } from "./box.ts";
import type { Paint } from "./paint.ts";
import { HOST_HEAD, hostCells, type Said } from "./status-words.ts";
import { plainText } from "./text.ts";

/** Longest name of a host in the table, where there is room, and what is left of it where there is not. */
const NAME = 24;
const SHORT_NAME = 8;
/** Columns that go, one after the other, where the table is too wide: the state says most of it. */
const LEAVE_OUT = ["XAPI", "LAST SEEN", "VMS", "ROLE"];
const GAP = 2;

/** The hosts in columns, at most `room` wide: first names are cut, then columns left out. `mark` ends a name that was cut. */
export function renderHostTable(
  hosts: readonly HostReport[],
  { paint, room, mark }: { readonly paint: Paint; readonly room: number; readonly mark: string },
): readonly Line[] {
  let kept: readonly string[] = HOST_HEAD;
  for (let name = NAME, left = [...LEAVE_OUT]; ; ) {
    const table = tableOf(hosts, kept, name, mark);
    const over = widthOf(table) - room;
    if (over <= 0) return renderTable(table, paint);
    if (name > SHORT_NAME) name = Math.max(SHORT_NAME, longestName(hosts, name) - over);
    else {
      const [next, ...others] = left;
      if (next === undefined) return renderTable(table, paint);
      kept = kept.filter((column) => column !== next);
      left = others;
      name = NAME;
    }
  }
}

type Table = readonly (readonly Said[])[];

function longestName(hosts: readonly HostReport[], limit: number): number {
  return Math.min(limit, Math.max(...hosts.map(({ name }) => Bun.stringWidth(plainText(name)))));
}

function tableOf(
  hosts: readonly HostReport[],
  kept: readonly string[],
  nameWidth: number,
  mark: string,
): Table {
  const head = HOST_HEAD.map((text): Said => ({ text, tone: "quiet" }));
  const rows = hosts.map((host) =>
    hostCells({ ...host, name: shortenTo(plainText(host.name), nameWidth, mark) }),
  );
  return [head, ...rows].map((cells) => cells.filter((_, at) => kept.includes(HOST_HEAD[at] ?? "")));
}

function widthsOf(table: Table): readonly number[] {
  return (table[0] ?? []).map((_, at) =>
    Math.max(...table.map((cells) => Bun.stringWidth(cells[at]?.text ?? ""))),
  );
}

function widthOf(table: Table): number {
  const widths = widthsOf(table);
  return widths.reduce((sum, width) => sum + width, GAP * (widths.length - 1));
}

function renderTable(table: Table, paint: Paint): readonly Line[] {
  const widths = widthsOf(table);
  return table.map((cells) => {
    const padded = cells.map(({ text, tone }, at) => ({
      bare: text + " ".repeat((widths[at] ?? 0) - Bun.stringWidth(text)),
      tone,
    }));
    const gap = " ".repeat(GAP);
    return {
      bare: padded
        .map(({ bare }) => bare)
        .join(gap)
        .trimEnd(),
      painted: padded.map(({ bare, tone }) => paint(tone, bare)).join(gap),
    };
  });
}

function shortenTo(text: string, width: number, mark: string): string {
  if (Bun.stringWidth(text) <= width) return text;
  let short = "";
  for (const letter of text) {
    if (Bun.stringWidth(`${short}${letter}${mark}`) > width) break;
    short += letter;
  }
  return `${short}${mark}`;
}
