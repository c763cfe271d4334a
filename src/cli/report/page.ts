import type { PoolIncident, SeenEvent, StartedVm } from "../../record/incidents.ts";
import { dateTime, proofText, votesText } from "../screens/history.ts";
import { renderLanes } from "./lanes.ts";
import { escapeHtml, renderTable } from "./markup.ts";
import { nextSteps } from "./next-steps.ts";
import { WAITS, waitsOf } from "./waits.ts";

/** What a page is made of. */
export interface Report {
  readonly incident: PoolIncident;
  readonly missing: readonly { readonly host: string; readonly why: string }[];
  /** The parameters that decisions read, as they were then, by name; null: they are in no record here. */
  readonly settings: ReadonlyMap<string, string> | null;
  readonly version: string;
  /** ISO 8601: when the page is made. */
  readonly madeAt: string;
}

const LONGEST_PAGE = 300_000;
/** How many VMs and lines are shown, the first that gives a page of a sane size. */
const MOST_SHOWN = [400, 150, 50, 10];

/** The incident as one page of at most 300 kB, without scripts and without anything from elsewhere. */
export function renderReport(report: Report): string {
  let page = "";
  for (const most of MOST_SHOWN) {
    page = renderWith(report, most);
    if (Buffer.byteLength(page) <= LONGEST_PAGE) break;
  }
  return page;
}

const STYLE = `
body { font: 15px/1.45 system-ui, sans-serif; color: #1c2430; background: #fff; max-width: 1060px; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.5em; margin-bottom: 0.2em; } h2 { font-size: 1.15em; margin-top: 1.8em; }
table { border-collapse: collapse; width: 100%; font-size: 0.92em; } td, th { text-align: left; padding: 0.25em 0.7em 0.25em 0; border-bottom: 1px solid #dde2e8; vertical-align: top; }
svg { width: 100%; height: auto; font-family: system-ui, sans-serif; }
.grid { stroke: #e6eaef; } .lane { stroke: #9aa4b0; stroke-width: 2; } .gone { stroke: #c0392b; stroke-width: 5; }
.axis { font-size: 10px; fill: #5b6672; text-anchor: middle; } .name { font-size: 12px; fill: #1c2430; } .mark { font-size: 10px; fill: #1c2430; }
.key { display: inline-block; width: 0.9em; height: 0.9em; margin: 0 0.35em 0 1em; vertical-align: -0.1em; } .dim { color: #5b6672; }
@media print { body { margin: 0; } }
`;

function renderWith({ incident, missing, settings, version, madeAt }: Report, most: number): string {
  const { headline, from, to, vms } = incident;
  const shown = vms.slice(0, most);
  const seconds = Math.round((Date.parse(to) - Date.parse(from)) / 1_000);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(headline)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(headline)}</h1>
<p class="dim">${dateTime(from)} to ${dateTime(to)} UTC, ${seconds} s. Made ${dateTime(madeAt)} UTC by ha-lizard ${escapeHtml(version)}.</p>
${missing.map(({ host, why }) => `<p>Without the record of ${escapeHtml(host)}: ${escapeHtml(why)}.</p>\n`).join("")}<h2>What happened</h2>
${renderLanes(incident, shown)}${legend(incident, shown)}${more(vms.length - shown.length, "VMs")}<h2>Hosts</h2>
${hostTable(incident)}<h2>Virtual machines</h2>
${vmTable(incident, shown)}${more(vms.length - shown.length, "VMs")}<h2>What to do next</h2>
<ol>${nextSteps(incident)
    .map((step) => `<li>${escapeHtml(step)}</li>\n`)
    .join("")}</ol>
<h2>What was said</h2>
${saidTable(incident.events, most)}<h2>Parameters that decided</h2>
${settings === null ? "<p>They are not in the records of the host that made this page.</p>\n" : renderTable(["parameter", "value"], [...settings])}</body>
</html>
`;
}

const more = (count: number, what: string): string =>
  count > 0 ? `<p>… and ${count} more ${what}.</p>\n` : "";

/** Only the colours that are in the picture. */
function legend(incident: PoolIncident, vms: readonly StartedVm[]): string {
  const used = new Set(vms.flatMap((vm) => waitsOf(vm, incident).map(({ wait }) => wait)));
  if (used.size === 0) return "";
  const keys = [...used].map(
    (wait) =>
      `<span class="key" style="background:${WAITS[wait].colour}"></span>${escapeHtml(WAITS[wait].text)}`,
  );
  return `<p class="dim">A VM that is down waits for:${keys.join("")}. A thick red line: the host is silent.</p>\n`;
}

const NONE = "–";
const at = (time: string | null): string => (time === null ? NONE : dateTime(time).slice(11));

function hostTable({ hosts, takeOvers }: PoolIncident): string {
  if (hosts.length === 0 && takeOvers.length === 0) return "<p>No host was lost.</p>\n";
  const rows = hosts.map((host) => [
    host.name,
    ...[at(host.suspectAt), at(host.failedAt)],
    host.fenceAt === null ? NONE : `${at(host.fenceAt)} by ${host.decidedBy ?? "?"}${votesText(host.votes)}`,
    host.offAt === null ? NONE : `${at(host.offAt)}, ${proofText(host)}`,
    ...[at(host.declaredAt), at(host.backAt), host.refusals.join("; ") || NONE],
  ]);
  const taken = takeOvers.map(({ host, begunAt, doneAt, votes, refusals }) => [
    ...[
      host,
      at(begunAt),
      at(doneAt),
      votesText(votes).replace(/^; /, "") || NONE,
      refusals.join("; ") || NONE,
    ],
  ]);
  return [
    rows.length === 0
      ? ""
      : renderTable(
          ["host", "silent since", "failed", "fence", "off", "declared dead", "back", "refused"],
          rows,
        ),
    taken.length === 0 ? "" : renderTable(["new master", "begun", "done", "votes", "refused"], taken),
  ].join("");
}

function vmTable(incident: PoolIncident, vms: readonly StartedVm[]): string {
  if (vms.length === 0) return "<p>No VM was started.</p>\n";
  const rows = vms.map((vm) => [
    ...[vm.name, vm.from ?? "?", vm.startedAt === null ? NONE : (vm.to ?? "?"), vm.by],
    ...[at(vm.askedAt), at(vm.startedAt)],
    waitsOf(vm, incident)
      .map(({ wait, fromMs, toMs }) => `${Math.round((toMs - fromMs) / 1_000)} s for ${WAITS[wait].text}`)
      .join(", ") || NONE,
    vm.refusals.join("; ") || NONE,
  ]);
  return renderTable(["VM", "from", "to", "by", "asked", "runs", "waited", "refused"], rows);
}

function saidTable(events: readonly SeenEvent[], most: number): string {
  const lines = events.flatMap((event) =>
    event.kind === "said" ? [[at(event.at), event.seenBy, event.severity, event.text]] : [],
  );
  if (lines.length === 0) return "<p>Nothing.</p>\n";
  return `${renderTable(["time", "host", "severity", "text"], lines.slice(0, most))}${more(lines.length - most, "lines")}`;
}
