import { showName } from "../../core/model/plain-text.ts";
import type { EventVotes } from "../../core/model/pool-event.ts";
import type { LostHost, PoolIncident, SeenEvent, StartedVm, TakeOver } from "../../record/incidents.ts";
import type { PoolHistory } from "../pool-history.ts";
import { spanText } from "./status-words.ts";
import { plainText, renderColumns, wrapText } from "./text.ts";

/** `2026-11-30 19:43:49`, in UTC. */
export const dateTime = (at: string): string => new Date(at).toISOString().slice(0, 19).replace("T", " ");
const clockTime = (at: string): string => dateTime(at).slice(11);

const secondsBetween = (from: string, to: string): number =>
  Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1_000));

export function renderMissing({ missing }: Pick<PoolHistory, "missing">): string {
  return missing
    .map(({ host, why }) => `Without the record of ${plainText(host)}: ${plainText(why)}.\n`)
    .join("");
}

/** A line for each incident, the newest last. */
export function renderIncidents(incidents: readonly PoolIncident[]): string {
  if (incidents.length === 0) return "Nothing has happened in the last 30 days, by these records.\n";
  const rows = incidents.map(({ id, from, to, headline }) => [
    ...[id, spanText(secondsBetween(from, to))],
    plainText(headline),
  ]);
  return `${renderColumns([["INCIDENT (UTC)", "LASTED", "WHAT"], ...rows])}\nha-cfg history INCIDENT shows one of them; last is the newest.\n`;
}

/** One incident whole. */
export function renderIncident(incident: PoolIncident, nowMs: number): string {
  const { from, to, headline, hosts, takeOvers, vms, events } = incident;
  const ago = spanText(Math.max(0, Math.round((nowMs - Date.parse(from)) / 1_000)));
  return [
    wrapText(plainText(headline), ""),
    `  ${dateTime(from)} UTC, ${ago} ago; lasted ${spanText(secondsBetween(from, to))}\n`,
    ...hosts.map(renderHost),
    ...takeOvers.map(renderTakeOver),
    ...(vms.length === 0 ? [] : [renderVms(vms, from)]),
    renderSaid(events),
  ].join("");
}

function renderHost(host: LostHost): string {
  const { suspectAt, failedAt, fenceAt, decidedBy, votes, refusals, offAt, declaredAt, backAt } = host;
  const rows: (readonly [string, string] | null)[] = [
    suspectAt === null ? null : ["silent since", clockTime(suspectAt)],
    failedAt === null ? null : ["failed", clockTime(failedAt)],
    fenceAt === null
      ? null
      : ["fence begun", `${clockTime(fenceAt)} by ${plainText(decidedBy ?? "?")}${votesText(votes)}`],
    ...refusals.map((why) => ["refused", plainText(why)] as const),
    offAt === null ? null : ["off", `${clockTime(offAt)}, ${proofText(host)}`],
    declaredAt === null ? null : ["declared dead", clockTime(declaredAt)],
    ["back", backAt === null ? "not in this record" : clockTime(backAt)],
  ];
  return section(showName(host.name), rows);
}

/** How it was proved that a host is off. */
export function proofText({ proved, proof }: Pick<LostHost, "proved" | "proof">): string {
  if (!proved) return "without a proof";
  if (proof === "WATCHDOG") return "proved by its lease, which is over";
  if (proof === "a person") return "by the word of a person";
  return proof === null ? "proved" : `proved by ${plainText(proof)}`;
}

function renderTakeOver({ host, begunAt, votes, doneAt, refusals }: TakeOver): string {
  return section(`${showName(host)} takes over as master`, [
    ["begun", `${clockTime(begunAt)}${votesText(votes)}`],
    ...refusals.map((why) => ["refused", plainText(why)] as const),
    ["done", doneAt === null ? "not in this record" : clockTime(doneAt)],
  ]);
}

/** Whose votes there were, as the end of a sentence. */
export function votesText(votes: EventVotes | null): string {
  if (votes === null) return "";
  const names = (list: readonly string[]) => list.map(plainText).join(", ") || "nobody";
  const leads = votes.leader === null ? "nobody leads" : `${plainText(votes.leader)} leads`;
  return `; ${leads}, ${names(votes.heard)} heard of ${names(votes.counts)}`;
}

function renderVms(vms: readonly StartedVm[], from: string): string {
  const rows = vms.map(({ name, from: was, to, by, askedAt, startedAt, refusals }) => [
    ...[
      showName(name),
      plainText(was ?? "?"),
      startedAt === null ? "-" : plainText(to ?? "?"),
      plainText(by),
    ],
    ...[
      clockTime(askedAt),
      startedAt === null
        ? "not in this record"
        : `${clockTime(startedAt)}, after ${secondsBetween(from, startedAt)} s`,
    ],
    ...(refusals.length === 0 ? [] : [plainText(refusals.join("; "))]),
  ]);
  const head = ["VM", "FROM", "TO", "BY", "ASKED", "RUNS"];
  const anyRefusal = vms.some(({ refusals }) => refusals.length > 0);
  return `\n${renderColumns([anyRefusal ? [...head, "REFUSED"] : head, ...rows])}`;
}

function section(title: string, rows: readonly (readonly [string, string] | null)[]): string {
  const shown = rows.flatMap((row) => (row === null ? [] : [[`  ${row[0]}`, row[1]]]));
  return `\n${title}\n${renderColumns(shown)}`;
}

function renderSaid(events: readonly SeenEvent[]): string {
  const lines = events.flatMap((event) =>
    event.kind === "said"
      ? [`  ${clockTime(event.at)}  ${plainText(event.seenBy)}  ${plainText(event.text)}\n`]
      : [],
  );
  return lines.length === 0 ? "" : `\nWhat was said\n${lines.join("")}`;
}
