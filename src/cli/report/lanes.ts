import type { PoolIncident, SeenEvent, StartedVm } from "../../record/incidents.ts";
import { escapeHtml } from "./markup.ts";
import { WAITS, waitsOf } from "./waits.ts";

/** The picture of an incident: a lane for each host and a bar for each VM, on one axis of time. */

const WIDTH = 1_000;
const LEFT = 130;
const RIGHT = 20;
const LANE = 46;
const BAR = 18;
const AXIS = 30;
/** A label that begins, or ends, this near to the edge would leave the picture. */
const NEAR = 70;
/** More marks in a lane than these could not be told apart. */
const MOST_MARKS = 12;

interface Mark {
  readonly lane: string;
  readonly atMs: number;
  readonly label: string;
  readonly colour: string;
}

/** Seconds between two lines of the axis: at most ten lines. */
const STEPS_S = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 21_600, 86_400, 604_800];

export function renderLanes(incident: PoolIncident, vms: readonly StartedVm[]): string {
  const fromMs = Date.parse(incident.from);
  const spanMs = Math.max(1_000, Date.parse(incident.to) - fromMs);
  const x = (ms: number): string =>
    (LEFT + (Math.min(Math.max(0, ms - fromMs), spanMs) / spanMs) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const lanes = lanesOf(incident);
  const bars = AXIS + lanes.length * LANE + 12;
  const height = bars + vms.length * BAR + 8;
  const marks = marksOf(incident);
  return [
    `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="What happened on each host, and what each VM waited for">\n`,
    axis(spanMs, fromMs, height, x),
    ...lanes.map((lane, index) => renderLane(incident, lane, AXIS + index * LANE, marks, x)),
    ...vms.map((vm, index) => renderBar(vm, incident, bars + index * BAR, x)),
    "</svg>\n",
  ].join("");
}

/** Every host that has seen something, or of which something was seen. */
function lanesOf({ events, hosts }: PoolIncident): readonly string[] {
  return [...new Set([...hosts.map(({ name }) => name), ...events.map(({ seenBy }) => seenBy)])].sort();
}

function axis(spanMs: number, fromMs: number, height: number, x: (ms: number) => string): string {
  const stepMs = (STEPS_S.find((step) => spanMs / (step * 1_000) <= 10) ?? 604_800 * 10) * 1_000;
  const lines: string[] = [];
  for (let ms = 0; ms <= spanMs && lines.length < 12; ms += stepMs) {
    const at = x(fromMs + ms);
    lines.push(`<line class="grid" x1="${at}" y1="22" x2="${at}" y2="${height}"/>`);
    lines.push(`<text class="axis" x="${at}" y="14">+${ms / 1_000} s</text>\n`);
  }
  return lines.join("");
}

function renderLane(
  { hosts, to }: PoolIncident,
  lane: string,
  top: number,
  marks: readonly Mark[],
  x: (ms: number) => string,
): string {
  const lost = hosts.find(({ name }) => name === lane);
  const middle = top + 32;
  const gone = lost?.suspectAt ?? lost?.failedAt ?? null;
  const silent =
    gone === null
      ? ""
      : `<line class="gone" x1="${x(Date.parse(gone))}" y1="${middle}" x2="${x(Date.parse(lost?.backAt ?? to))}" y2="${middle}"/>`;
  const own = marks.filter((mark) => mark.lane === lane).slice(0, MOST_MARKS);
  const dots = own.map(({ atMs, label, colour }, index) => {
    const at = x(atMs);
    const y = top + 10 + (index % 2) * 10;
    const anchor = Number(at) < LEFT + NEAR ? "start" : Number(at) > WIDTH - RIGHT - NEAR ? "end" : "middle";
    const title = `${new Date(atMs).toISOString()} ${label}`;
    return `<circle cx="${at}" cy="${middle}" r="4" fill="${colour}"><title>${escapeHtml(title)}</title></circle><text class="mark" text-anchor="${anchor}" x="${at}" y="${y}">${escapeHtml(label)}</text>\n`;
  });
  return `<text class="name" x="8" y="${middle + 4}">${escapeHtml(lane.slice(0, 18))}</text><line class="lane" x1="${LEFT}" y1="${middle}" x2="${WIDTH - RIGHT}" y2="${middle}"/>${silent}\n${dots.join("")}`;
}

function renderBar(vm: StartedVm, incident: PoolIncident, top: number, x: (ms: number) => string): string {
  const spans = waitsOf(vm, incident).map(({ wait, fromMs, toMs }) => {
    const width = Math.max(1, Number(x(toMs)) - Number(x(fromMs))).toFixed(1);
    const title = `${vm.name}: ${Math.round((toMs - fromMs) / 1_000)} s for ${WAITS[wait].text}`;
    return `<rect x="${x(fromMs)}" y="${top}" width="${width}" height="${BAR - 6}" fill="${WAITS[wait].colour}"><title>${escapeHtml(title)}</title></rect>`;
  });
  return `<text class="name" x="8" y="${top + 10}">${escapeHtml(vm.name.slice(0, 18))}</text>${spans.join("")}\n`;
}

/** What stands in the lanes: what befell a host in its own one, what it did in that of who did it. */
function marksOf({ events, hosts, takeOvers }: PoolIncident): readonly Mark[] {
  const marks: Mark[] = [];
  const add = (lane: string, at: string | null, label: string, colour: string) => {
    if (at !== null) marks.push({ lane, atMs: Date.parse(at), label, colour });
  };
  for (const host of hosts) {
    const { name, proof, proved } = host;
    add(name, host.suspectAt, "suspect", "#d68910");
    add(name, host.failedAt, "failed", "#c0392b");
    const votes =
      host.votes === null ? "" : `, ${host.votes.heard.length} of ${host.votes.counts.length} votes`;
    add(host.decidedBy ?? name, host.fenceAt, `fences ${name}${votes}`, "#c0392b");
    add(
      name,
      host.offAt,
      !proved ? "given up" : proof === "WATCHDOG" ? "lease over" : "proved off",
      "#444444",
    );
    add(name, host.declaredAt, "declared dead", "#444444");
    add(name, host.backAt, "back", "#3c8d5a");
  }
  for (const { host, begunAt, doneAt } of takeOvers) {
    add(host, begunAt, "takes over", "#8e44ad");
    add(host, doneAt, "master", "#8e44ad");
  }
  for (const event of events) addOther(event, add);
  return marks.sort((a, b) => a.atMs - b.atMs);
}

const OTHERS: ReadonlyMap<string, string> = new Map([
  ["reboot-self", "reboots itself"],
  ["restart-toolstack", "restarts its toolstack"],
  ["hold-xapi", "xapi held"],
  ["release-xapi", "xapi released"],
  ["resign-master", "gives up its place"],
  ["follow-master", "follows another master"],
]);

function addOther(
  event: SeenEvent,
  add: (lane: string, at: string, label: string, colour: string) => void,
): void {
  if (event.kind === "begun" && OTHERS.has(event.what))
    add(event.seenBy, event.at, OTHERS.get(event.what) ?? "", "#2e6da4");
  if (event.kind === "health" && event.state === "xapi-down")
    add(event.of, event.at, "xapi silent", "#d68910");
  if (event.kind === "ended" && event.what === "enable-host" && event.result === "done")
    add(event.of, event.at, "xapi back, enabled", "#3c8d5a");
}
