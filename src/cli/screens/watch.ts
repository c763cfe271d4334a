import type { HeardHostReport, HostReport, StatusReport } from "../status/status-report.ts";
import type { Wait, WatchView } from "../watch/watch-view.ts";
import { countingSaid, leaderSaid } from "./group-words.ts";
import type { Paint, Tone } from "./paint.ts";
import { haSaid, type Said, spanText, vmsSaid } from "./status-words.ts";
import { plainText, shortenTo, wrapText } from "./text.ts";

export interface WatchLook {
  readonly columns: number;
  readonly rows: number;
  readonly unicode: boolean;
  readonly paint: Paint;
  /** Which part of the hosts is shown, from 0; one that there is not is the last. */
  readonly page: number;
  /** The time of day. */
  readonly clock: string;
  /** How old what XAPI said is, in seconds. */
  readonly ageS: number;
}

/** Narrower than this a column says nothing. */
const NARROWEST = 15;
const WIDEST = 26;
const GAP = 1;

/** Hosts that stand beside each other in so many columns. */
export function hostsBeside(columns: number): number {
  return Math.max(1, Math.floor((columns + GAP) / (NARROWEST + GAP)));
}

/** The page, line by line: never wider or higher than the screen. */
export function renderWatch(report: StatusReport, view: WatchView, look: WatchLook): readonly string[] {
  const head = headLines(report, view, look);
  const waits = waitLines(report, view).flatMap((said) => wrapped(said, look));
  const rows = Math.max(1, look.rows);
  const table = hostColumns(report, view, look);
  // What is waited for keeps a third, and takes more where hosts leave room.
  const least = Math.min(waits.length, Math.floor(rows / 3));
  const forHosts = Math.max(0, rows - head.length - 1 - least - 2);
  const shownTable = cutColumns(table, forHosts, look);
  const left = Math.max(0, rows - head.length - shownTable.length - 1 - 2);
  const shownWaits =
    waits.length <= left
      ? waits
      : [...waits.slice(0, Math.max(0, left - 1)), quiet(`${waits.length - left + 1} more: ha-cfg status`)];
  const body: readonly (readonly Said[])[] = [
    ...head.map((line) => [line]),
    [plain("")],
    ...shownTable,
    [plain("")],
    ...shownWaits.map((line) => [line]),
  ];
  const pages = body.slice(0, rows - 1);
  const filled = [...pages, ...Array.from({ length: rows - 1 - pages.length }, () => [plain("")])];
  return [...filled, [footOf(report, look)]].slice(-rows).map((cells) => lineOf(cells, look));
}

/** In lines of the width of the screen, of which those after the first stand a little to the right. */
function wrapped({ text, tone }: Said, { columns }: WatchLook): readonly Said[] {
  const lines = wrapText(text, "  ", "", columns).split("\n");
  return lines.filter((line) => line !== "").map((line) => ({ text: line, tone }));
}

function footOf({ hosts }: StatusReport, { columns, page }: WatchLook): Said {
  const beside = hostsBeside(columns);
  if (hosts.length <= beside) return quiet("q ends");
  const from = pageOf(hosts.length, beside, page) * beside;
  const to = Math.min(hosts.length, from + beside);
  return quiet(`q ends; hosts ${from + 1} to ${to} of ${hosts.length}: left, right`);
}

/** The page that was asked for, or the last one. */
function pageOf(hosts: number, beside: number, page: number): number {
  return Math.min(page, Math.max(0, Math.ceil(hosts / beside) - 1));
}

const plain = (text: string): Said => ({ text, tone: "plain" });
const quiet = (text: string): Said => ({ text, tone: "quiet" });

function headLines(report: StatusReport, { mandateS }: WatchView, look: WatchLook): readonly Said[] {
  const { version, pool, fencing, group, source, xapiFault } = report;
  const mandate = mandateS === null ? "" : `; may act for ${mandateS} s`;
  const leader = leaderSaid(group, report.ha === "on");
  const counting = group === null ? null : countingSaid(group);
  const age = look.ageS < 2 ? "" : `, of ${spanText(look.ageS)} ago`;
  const from =
    source === "pool"
      ? quiet(`Pool database read${age}`)
      : { text: `! XAPI does not answer (${xapiFault ?? "no answer"}): from memory`, tone: "bad" as const };
  const ha = haSaid(report);
  return [
    { text: `HA-Lizard ${version}  ${plainText(pool.name ?? "")}  ${look.clock}`, tone: "title" },
    { text: `HA ${ha.text}; fencing ${fencing}`, tone: ha.tone },
    { text: `Leader: ${leader.text}${mandate}`, tone: leader.tone },
    ...(counting === null ? [] : [{ text: `Votes: ${counting.text}`, tone: counting.tone }]),
    { text: `VMs: ${vmsSaid(report).text}`, tone: vmsSaid(report).tone },
    from,
  ];
}

function waitLines(report: StatusReport, { waits }: WatchView): readonly Said[] {
  const said = waits.map(({ about, text, inS }: Wait): Said => {
    const rest = inS === null ? text : `in ${spanText(inS)} at most: ${text}`;
    return { text: `- ${plainText(about)}: ${plainText(rest)}`, tone: "warning" };
  });
  const conditions = report.conditions.map((text): Said => ({ text: `- ${plainText(text)}`, tone: "plain" }));
  const all = [...said, ...conditions];
  return all.length === 0
    ? [quiet("Nothing is waited for.")]
    : [{ text: "What is waited for, and what holds", tone: "title" }, ...all];
}

type Column = readonly Said[];

/** One column for each host of the page, the same lines in each. */
function hostColumns(report: StatusReport, view: WatchView, look: WatchLook): readonly Column[] {
  const beside = hostsBeside(look.columns);
  const from = pageOf(report.hosts.length, beside, look.page) * beside;
  const hasLeases = (report.group?.leases.length ?? 0) > 0 || report.group?.ownLease != null;
  return report.hosts.slice(from, from + beside).map((host) => {
    const peer = report.hearing?.hosts.find(({ uuid }) => uuid === host.uuid);
    const vms = view.vmsOn?.get(host.uuid) ?? null;
    return [
      { text: `${host.name}${host.isSelf ? " *" : ""}`, tone: "title" },
      roleOf(host, report),
      stateOf(host),
      heardOf(host, peer),
      missedOf(peer),
      ...(hasLeases ? [leaseOf(host, report)] : []),
      plain(host.vms === null ? "VMs ?" : `VMs ${host.vms}`),
      ...(vms ?? []).map((name) => plain(` ${name}`)),
    ];
  });
}

function roleOf(host: HostReport, { group }: StatusReport): Said {
  const isLeading = group?.lead === "leads" ? host.isSelf : group?.leader?.uuid === host.uuid;
  const counts = group === null || group.counts.length === 0 || group.counts.includes(host.name);
  if (!counts) return { text: `${host.role}, no vote`, tone: "warning" };
  return plain(isLeading ? `${host.role}, leads` : host.role);
}

const STATES: Readonly<Record<HostReport["state"], readonly [string, Tone]>> = {
  alive: ["alive", "good"],
  "xapi-down": ["xapi down", "warning"],
  suspect: ["suspect", "warning"],
  failed: ["FAILED", "bad"],
  silent: ["no answer", "warning"],
  unknown: ["?", "warning"],
};

function stateOf({ state, enabled }: HostReport): Said {
  const [text, tone] = STATES[state];
  return enabled ? { text, tone } : { text: `${text}, disabled`, tone: tone === "good" ? "warning" : tone };
}

function heardOf({ isSelf }: HostReport, peer: HeardHostReport | undefined): Said {
  if (isSelf) return quiet("this host");
  if (peer === undefined) return quiet("heard: ?");
  const since = spanText(peer.sinceS);
  if (peer.heard === "direct") return { text: "heard", tone: "good" };
  return peer.heard === "reported"
    ? { text: `via ${peer.by ?? "another"}`, tone: "warning" }
    : { text: `silent ${since}`, tone: "bad" };
}

function missedOf(peer: HeardHostReport | undefined): Said {
  if (peer?.misses == null) return plain("");
  return peer.misses.length === 0
    ? quiet("hears all")
    : { text: `misses ${peer.misses.join(", ")}`, tone: "warning" };
}

function leaseOf({ isSelf, name }: HostReport, { group }: StatusReport): Said {
  const own = isSelf ? (group?.ownLease ?? null) : null;
  if (own !== null) return plain(own.firesInS === null ? "lease -" : `lease ${own.firesInS} s`);
  const lease = group?.leases.find(({ host }) => host === name);
  if (lease === undefined) return quiet("lease ?");
  return { text: `lease ${lease.endsInS} s`, tone: lease.endsInS * 5 < lease.leaseS * 2 ? "bad" : "plain" };
}

/** The columns side by side in at most so many lines; a column that is longer ends with how many are missing. */
function cutColumns(
  table: readonly Column[],
  most: number,
  { columns, unicode }: WatchLook,
): readonly (readonly Said[])[] {
  const height = Math.min(most, Math.max(0, ...table.map((column) => column.length)));
  const share = Math.floor((columns + GAP) / Math.max(1, table.length)) - GAP;
  const width = Math.max(1, Math.min(WIDEST, share));
  return Array.from({ length: height }, (_, at) =>
    table.map((column) => {
      const missing = column.length - height + 1;
      const cell = at === height - 1 && column.length > height ? quiet(` ${missing} more`) : column[at];
      const { text, tone } = cell ?? plain("");
      // Who is named so has chosen what is in it; a blank before a VM stays.
      const short = shortenTo(text.replace(/\p{Cc}+/gu, " "), width, markOf(unicode, width));
      return { text: short + " ".repeat(Math.max(0, width - Bun.stringWidth(short)) + GAP), tone };
    }),
  );
}

/** Cells one after the other, cut at the edge of the screen. */
function lineOf(cells: readonly Said[], { columns, paint, unicode }: WatchLook): string {
  let room = columns;
  return cells
    .map(({ text, tone }, at) => {
      const isLast = at === cells.length - 1;
      const shown = shortenTo(isLast ? text.trimEnd() : text, room, isLast ? markOf(unicode, room) : "");
      room -= Bun.stringWidth(shown);
      return paint(tone, shown);
    })
    .join("")
    .trimEnd();
}

/** What ends a text that was cut; a screen that is hardly wider than that has no room for it. */
function markOf(unicode: boolean, room: number): string {
  if (room < 8) return "";
  return unicode ? "…" : "...";
}
