import type { HostReport } from "../status/status-report.ts";
import type { Paint } from "./paint.ts";
import { HOST_HEAD, hostCells, type Said } from "./status-words.ts";
import { plainText, shortenTo } from "./text.ts";

/** Longest name of a host in the table, where there is room, and what is left of it where there is not. */
const NAME = 24;
const SHORT_NAME = 8;
/** Columns that go, one after the other, where the table is too wide: the state says most of it. */
const LEAVE_OUT: readonly string[] = ["XAPI", "LAST SEEN", "VMS", "ROLE"];
const GAP = 2;

/** The hosts in columns, at most `room` wide: first names are cut, then columns left out. `mark` ends a name that was cut. */
export function renderHostTable(
  hosts: readonly HostReport[],
  { paint, room, mark }: { readonly paint: Paint; readonly room: number; readonly mark: string },
): readonly string[] {
  const named = (limit: number) =>
    hosts.map((host) => ({ ...host, name: shortenTo(plainText(host.name), limit, mark) }));
  const long = named(NAME);
  const longest = Math.max(...long.map(({ name }) => Bun.stringWidth(name)));
  let table: Table = [];
  for (let left = 0; left <= LEAVE_OUT.length; left++) {
    const columns = HOST_HEAD.filter((column) => !LEAVE_OUT.slice(0, left).includes(column));
    table = tableOf(long, columns);
    const over = widthOf(table) - room;
    if (over > 0) table = tableOf(named(Math.max(SHORT_NAME, longest - over)), columns);
    if (widthOf(table) <= room) break;
  }
  return renderTable(table, paint);
}

type Table = readonly (readonly Said[])[];

function tableOf(hosts: readonly HostReport[], columns: readonly string[]): Table {
  const head = HOST_HEAD.map((text): Said => ({ text, tone: "quiet" }));
  return [head, ...hosts.map(hostCells)].map((cells) =>
    cells.filter((_, at) => columns.includes(HOST_HEAD[at] ?? "")),
  );
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

function renderTable(table: Table, paint: Paint): readonly string[] {
  const widths = widthsOf(table);
  return table.map((cells) =>
    cells
      .map(({ text, tone }, at) => paint(tone, text + " ".repeat((widths[at] ?? 0) - Bun.stringWidth(text))))
      .join(" ".repeat(GAP)),
  );
}
