import { compareNames, type PoolIncident, type StartedVm } from "../../record/pool-incident.ts";
import { cutMiddle, placeLabels } from "./labels.ts";
import { type Mark, marksOf } from "./marks.ts";
import { escapeHtml } from "./markup.ts";
import { secondsText, WAITS, waitsOf } from "./waits.ts";

/** The pictures of an incident: a lane for each host and a bar for each VM, all on one axis of time. */

const WIDTH = 1_000;
const LEFT = 170;
const RIGHT = 20;
const BAR = 20;
const AXIS = 26;
const ROW = 14;
/** More marks in a lane than these could not be told apart. */
const MOST_MARKS = 12;
/** So that a picture fits on a page of paper. */
const LANES_AT_ONCE = 16;
const BARS_AT_ONCE = 40;

/** Where a time is, by the picture's own measure. */
type Place = (ms: number) => number;

/** Seconds between two lines of the axis: at most ten lines. */
const STEPS_S = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 21_600, 86_400, 604_800];

export function renderLanes(incident: PoolIncident, vms: readonly StartedVm[]): string {
  const fromMs = Date.parse(incident.from);
  const spanMs = Math.max(1_000, Date.parse(incident.to) - fromMs);
  const place: Place = (ms) =>
    LEFT + (Math.min(Math.max(0, ms - fromMs), spanMs) / spanMs) * (WIDTH - LEFT - RIGHT);
  const marks = marksOf(incident);
  const picture = (label: string, rows: readonly Row[]) =>
    renderPicture(label, rows, spanMs, (ms) => place(fromMs + ms));
  const lanes = lanesOf(incident).map((lane) => laneRow(incident, lane, marks, place));
  const bars = vms.map((vm) => barRow(vm, incident, place));
  return [
    ...inParts(lanes, LANES_AT_ONCE).map((rows) => picture("What happened on each host", rows)),
    ...inParts(bars, BARS_AT_ONCE).map((rows) => picture("What each VM waited for", rows)),
  ].join("");
}

/** A strip of a picture. */
interface Row {
  readonly height: number;
  render(top: number): string;
}

function inParts<T>(all: readonly T[], most: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / most) }, (_, at) =>
    all.slice(at * most, at * most + most),
  );
}

function renderPicture(label: string, rows: readonly Row[], spanMs: number, place: Place): string {
  const height = AXIS + rows.reduce((sum, row) => sum + row.height, 0) + 8;
  let top = AXIS;
  const strips = rows.map((row) => {
    const strip = row.render(top);
    top += row.height;
    return strip;
  });
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${label}">\n${axis(spanMs, height, place)}${strips.join("")}</svg>\n`;
}

/** Every host that has seen something, or of which something was seen. */
function lanesOf({ events, hosts }: PoolIncident): readonly string[] {
  return [...new Set([...hosts.map(({ name }) => name), ...events.map(({ seenBy }) => seenBy)])].sort(
    compareNames,
  );
}

function axis(spanMs: number, height: number, place: Place): string {
  const stepS = STEPS_S.find((step) => spanMs / (step * 1_000) <= 10) ?? 604_800 * 10;
  const lines: string[] = [];
  for (let s = 0; s * 1_000 <= spanMs && lines.length < 12; s += stepS) {
    const at = place(s * 1_000).toFixed(1);
    lines.push(
      `<line class="grid" x1="${at}" y1="20" x2="${at}" y2="${height}"/><text class="axis" x="${at}" y="14">+${offsetText(s, stepS)}</text>\n`,
    );
  }
  return lines.join("");
}

function offsetText(seconds: number, stepS: number): string {
  if (stepS % 3_600 === 0) return `${seconds / 3_600} h`;
  return stepS % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

function laneRow({ hosts, to }: PoolIncident, lane: string, marks: readonly Mark[], place: Place): Row {
  const lost = hosts.find(({ name }) => name === lane);
  const gone = lost?.suspectAt ?? lost?.failedAt ?? null;
  const own = marks.filter((mark) => mark.lane === lane).slice(0, MOST_MARKS);
  const labels = placeLabels(
    own.map(({ atMs, label }) => ({ x: place(atMs), text: label })),
    LEFT,
    WIDTH,
  );
  const rows = Math.max(1, ...labels.map(({ row }) => row + 1));
  return {
    height: rows * ROW + 18,
    render(top) {
      const middle = top + rows * ROW + 8;
      const line = (kind: string, from: number, until: number) =>
        `<line class="${kind}" x1="${from.toFixed(1)}" y1="${middle}" x2="${until.toFixed(1)}" y2="${middle}"/>`;
      const silent =
        gone === null ? "" : line("gone", place(Date.parse(gone)), place(Date.parse(lost?.backAt ?? to)));
      const dots = own.map(({ atMs, label, colour }, index) => {
        const at = place(atMs).toFixed(1);
        const { anchor, row } = labels[index] ?? { anchor: "middle", row: 0 };
        const title = escapeHtml(`${new Date(atMs).toISOString()} ${label}`);
        return `<circle cx="${at}" cy="${middle}" r="4" fill="${colour}"><title>${title}</title></circle><text class="mark" text-anchor="${anchor}" x="${at}" y="${middle - 9 - row * ROW}">${escapeHtml(label)}</text>\n`;
      });
      return `${nameText(lane, middle + 4)}${line("lane", LEFT, WIDTH - RIGHT)}${silent}\n${dots.join("")}`;
    },
  };
}

function barRow(vm: StartedVm, incident: PoolIncident, place: Place): Row {
  return {
    height: BAR,
    render(top) {
      const spans = waitsOf(vm, incident).map(({ wait, fromMs, toMs }) => {
        const width = Math.max(1, place(toMs) - place(fromMs)).toFixed(1);
        const title = escapeHtml(`${vm.name}: ${secondsText(toMs - fromMs)} for ${WAITS[wait].text}`);
        return `<rect x="${place(fromMs).toFixed(1)}" y="${top + 4}" width="${width}" height="${BAR - 6}" fill="${WAITS[wait].colour}"><title>${title}</title></rect>`;
      });
      return `${nameText(vm.name, top + 15)}${spans.join("")}\n`;
    },
  };
}

function nameText(name: string, y: number): string {
  return `<text class="name" x="4" y="${y}">${escapeHtml(cutMiddle(name, LEFT - 12))}</text>`;
}
