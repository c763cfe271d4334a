import { type PoolIncident, type SeenEvent, type StartedVm, wasLost } from "../../record/pool-incident.ts";
import { clockTime, dateTime, decisionText, proofText } from "../screens/history.ts";
import { answers } from "./answers.ts";
import { renderLanes } from "./lanes.ts";
import { escapeHtml, NOTHING, renderPairs, renderTable } from "./markup.ts";
import { nextSteps } from "./next-steps.ts";
import { downMs, secondsText, WAITS, waitsOf, waitsText } from "./waits.ts";

/** What a page is made of. */
export interface Report {
  readonly incident: PoolIncident;
  readonly missing: readonly { readonly host: string; readonly why: string }[];
  /** The parameters that decisions read, as they were then, by name; null: they are in no record here. */
  readonly settings: ReadonlyMap<string, string> | null;
  /** The file of this host's record that has the incident; null: none. */
  readonly record: string | null;
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

/** On paper the page is light. The text of every colour has a contrast of at least 4.5 to what is behind it. */
const STYLE = `
:root { --text: #1c2430; --dim: #55606c; --back: #fff; --rule: #dde2e8; --lane: #9aa4b0; color-scheme: light; }
@media screen and (prefers-color-scheme: dark) { :root { --text: #e4e9ef; --dim: #a5b0bc; --back: #14181e; --rule: #333c47; --lane: #66717e; color-scheme: dark; } }
body { font: 15px/1.45 system-ui, sans-serif; color: var(--text); background: var(--back); max-width: 1060px; margin: 2em auto; padding: 0 1em; overflow-wrap: anywhere; }
h1 { font-size: 1.5em; margin-bottom: 0.2em; } h2 { font-size: 1.15em; margin-top: 1.8em; break-after: avoid; }
table { border-collapse: collapse; width: 100%; font-size: 0.92em; margin-bottom: 1em; } td, th { text-align: left; padding: 0.25em 0.9em 0.25em 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
th, td.n { white-space: nowrap; } tr, svg, li { break-inside: avoid; } .in-short td:first-child { white-space: nowrap; color: var(--dim); }
svg { display: block; width: 100%; height: auto; font-family: system-ui, sans-serif; }
.grid { stroke: var(--rule); } .lane { stroke: var(--lane); stroke-width: 2; } .gone { stroke: #c0392b; stroke-width: 5; }
.axis { font-size: 12px; fill: var(--dim); text-anchor: middle; } .name { font-size: 13px; fill: var(--text); } .mark { font-size: 12px; fill: var(--text); }
.key { white-space: nowrap; margin-right: 1em; } .key i { display: inline-block; width: 0.9em; height: 0.9em; margin-right: 0.35em; vertical-align: -0.1em; print-color-adjust: exact; -webkit-print-color-adjust: exact; } .dim { color: var(--dim); }
@page { margin: 14mm; } @media print { body { margin: 0; padding: 0; font-size: 12px; } }
`;

function renderWith({ incident, missing, settings, record, version, madeAt }: Report, most: number): string {
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
<p class="dim">${dateTime(from)} to ${dateTime(to)}, ${seconds} s. All times are UTC. Made ${dateTime(madeAt)} by ha-lizard ${escapeHtml(version)}.</p>
${missing.map(({ host, why }) => `<p>Without the record of ${escapeHtml(host)}: ${escapeHtml(why)}.</p>\n`).join("")}<div class="in-short">
${renderPairs(answers(incident))}</div>
<h2>What happened</h2>
${renderLanes(incident, shown)}${legend(incident, shown)}${more(vms.length - shown.length, "VMs")}<h2>Hosts</h2>
${hostTable(incident)}<h2>Virtual machines</h2>
${vmTable(incident, shown)}${more(vms.length - shown.length, "VMs")}<h2>What to do next</h2>
<ol>${nextSteps(incident, record)
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
      `<span class="key"><i style="background:${WAITS[wait].colour}"></i>${escapeHtml(WAITS[wait].text)}</span> `,
  );
  return `<p class="dim">A VM that is down waits for: ${keys.join("")}A thick red line: the host is silent.</p>\n`;
}

const at = (time: string | null): string => (time === null ? NOTHING : clockTime(time));

function hostTable({ hosts, takeOvers }: PoolIncident): string {
  const lost = hosts
    .filter(wasLost)
    .map((host) => [
      host.name,
      ...[at(host.suspectAt), at(host.failedAt)],
      host.fenceAt === null ? NOTHING : `${at(host.fenceAt)} by ${decisionText(host.decidedBy, host.votes)}`,
      host.offAt === null ? NOTHING : `${at(host.offAt)}, ${proofText(host)}`,
      ...[at(host.declaredAt), at(host.backAt), host.refusals.join("; ") || NOTHING],
    ]);
  const taken = takeOvers.map(({ host, begunAt, doneAt, wholeAt, votes, refusals }) => [
    ...[
      host,
      at(begunAt),
      at(doneAt),
      at(wholeAt),
      decisionText(host, votes),
      refusals.join("; ") || NOTHING,
    ],
  ]);
  const silent = hosts
    .filter((host) => !wasLost(host))
    .map(({ name, xapiSilentAt, backAt }) => [name, at(xapiSilentAt), at(backAt)]);
  const tables = [
    [["host", "silent since", "failed", "fence", "off", "declared dead", "back", "refused"], lost],
    [["new master", "begun", "XAPI is master", "all hosts back", "decided by", "refused"], taken],
    [["alive, XAPI silent", "from", "until"], silent],
  ] as const;
  const shown = tables.map(([heads, rows]) => (rows.length === 0 ? "" : renderTable(heads, rows))).join("");
  return shown === "" ? "<p>No host was lost.</p>\n" : shown;
}

function vmTable(incident: PoolIncident, vms: readonly StartedVm[]): string {
  if (vms.length === 0) return "<p>No VM was started.</p>\n";
  const rows = vms.map((vm) => [
    ...[vm.name, vm.from ?? "?", vm.startedAt === null ? NOTHING : (vm.to ?? "?"), vm.by],
    ...[at(vm.askedAt), vm.startedAt === null ? "not yet" : at(vm.startedAt)],
    ...[secondsText(downMs(vm, incident)), waitsText(vm, incident) || NOTHING],
    vm.refusals.join("; ") || NOTHING,
  ]);
  return renderTable(["VM", "from", "to", "by", "asked", "runs", "down", "waited", "refused"], rows);
}

function saidTable(events: readonly SeenEvent[], most: number): string {
  const lines = events.flatMap((event) =>
    event.kind === "said" ? [[at(event.at), event.seenBy, event.severity, event.text]] : [],
  );
  if (lines.length === 0) return "<p>Nothing.</p>\n";
  return `${renderTable(["time", "host", "severity", "text"], lines.slice(0, most))}${more(lines.length - most, "lines")}`;
}
