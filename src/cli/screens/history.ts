import { showName } from "../../core/model/plain-text.ts";
import type { EventVotes } from "../../core/model/pool-event.ts";
import {
  type LostHost,
  type PoolIncident,
  type SeenEvent,
  type TakeOver,
  wasLost,
} from "../../record/pool-incident.ts";
import type { PoolHistory } from "../pool-history.ts";
import { downMs, longestDown, secondsText, waitsText } from "../report/waits.ts";
import { spanText } from "./status-words.ts";
import { plainText, renderColumns, wrapText } from "./text.ts";

/** `2026-11-30 19:43:49`, in UTC. */
export const dateTime = (at: string): string => new Date(at).toISOString().slice(0, 19).replace("T", " ");
/** `19:43:49`, in UTC. */
export const clockTime = (at: string): string => dateTime(at).slice(11);

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
  const { from, to, headline, hosts, takeOvers, events } = incident;
  const ago = spanText(Math.max(0, Math.round((nowMs - Date.parse(from)) / 1_000)));
  return [
    wrapText(plainText(headline), ""),
    `  ${dateTime(from)} UTC, ${ago} ago; lasted ${spanText(secondsBetween(from, to))}\n`,
    ...hosts.filter(wasLost).map(renderHost),
    renderSilentXapis(hosts.filter((host) => !wasLost(host))),
    ...takeOvers.map(renderTakeOver),
    renderVms(incident),
    renderSaid(events),
  ].join("");
}

function renderHost(host: LostHost): string {
  const { suspectAt, failedAt, fenceAt, decidedBy, votes, refusals, offAt, declaredAt, backAt } = host;
  const rows: (readonly [string, string] | null)[] = [
    suspectAt === null ? null : ["silent since", clockTime(suspectAt)],
    failedAt === null ? null : ["failed", clockTime(failedAt)],
    fenceAt === null ? null : ["fence begun", `${clockTime(fenceAt)} by ${decisionText(decidedBy, votes)}`],
    ...refusals.map((why) => ["refused", plainText(why)] as const),
    offAt === null ? null : ["off", `${clockTime(offAt)}, ${proofText(host)}`],
    declaredAt === null ? null : ["declared dead", clockTime(declaredAt)],
    ["back", backAt === null ? "not in this record" : clockTime(backAt)],
  ];
  return section(showName(host.name), rows);
}

/** Hosts of which only XAPI was silent: all but a new master, whenever there is one. */
function renderSilentXapis(hosts: readonly LostHost[]): string {
  const rows = hosts.map(({ name, xapiSilentAt, backAt }) => [
    showName(name),
    xapiSilentAt === null ? "-" : clockTime(xapiSilentAt),
    backAt === null ? "not in this record" : clockTime(backAt),
  ]);
  return rows.length === 0 ? "" : `\n${renderColumns([["ALIVE, XAPI SILENT", "FROM", "UNTIL"], ...rows])}`;
}

/** How it is known that a host is off. */
export function proofText({ proved, proof }: Pick<LostHost, "proved" | "proof">): string {
  if (proof === "a person") return "by the word of an administrator";
  if (!proved) return "without a proof";
  if (proof === "WATCHDOG") return "proved by its lease: its watchdog has reset it (WATCHDOG)";
  return proof === null ? "proved" : `proved by its fence device (${plainText(proof)})`;
}

function renderTakeOver({ host, begunAt, votes, doneAt, wholeAt, refusals }: TakeOver): string {
  return section(`${showName(host)} takes over as master`, [
    ["begun", `${clockTime(begunAt)} by ${decisionText(host, votes)}`],
    ...refusals.map((why) => ["refused", plainText(why)] as const),
    ["XAPI is master", doneAt === null ? "not in this record" : clockTime(doneAt)],
    ["all hosts back", wholeAt === null ? "not in this record" : clockTime(wholeAt)],
  ]);
}

const TIES = { "tie-breaker": "the tie-breaker", "heuristic-ips": "the heuristic IPs" } as const;

/** Who decided, and with whose votes: `h2 (leader), 2 of 3 votes: h2, h3; silent: h1`. */
export function decisionText(host: string | null, votes: EventVotes | null): string {
  const who = plainText(host ?? "a host that is not in these records");
  if (votes === null) return who;
  const { leader, counts, heard, tie } = votes;
  const names = (list: readonly string[]) => list.map(plainText).join(", ") || "none";
  const leads =
    leader === host ? "leader" : leader === null ? "no leader known" : `leader: ${plainText(leader)}`;
  const silent = counts.filter((name) => !heard.includes(name));
  return [
    `${who} (${leads}), ${heard.length} of ${counts.length} votes: ${names(heard)}`,
    ...(silent.length > 0 ? [`silent: ${names(silent)}`] : []),
    ...(tie == null ? [] : [`a tie, decided by ${TIES[tie]}`]),
  ].join("; ");
}

function renderVms(incident: PoolIncident): string {
  const { vms } = incident;
  if (vms.length === 0) return "";
  const rows = vms.map((vm) => [
    ...[showName(vm.name), plainText(vm.from ?? "?")],
    ...[vm.startedAt === null ? "-" : plainText(vm.to ?? "?"), plainText(vm.by), clockTime(vm.askedAt)],
    vm.startedAt === null ? "not yet" : clockTime(vm.startedAt),
    secondsText(downMs(vm, incident)),
    ...(vm.refusals.length === 0 ? [] : [plainText(vm.refusals.join("; "))]),
  ]);
  const head = ["VM", "FROM", "TO", "BY", "ASKED", "RUNS", "DOWN"];
  const anyRefusal = vms.some(({ refusals }) => refusals.length > 0);
  const longest = longestDown(incident);
  const why =
    longest === null ? "" : `${plainText(longest.name)} was down longest: ${waitsText(longest, incident)}.`;
  return `\n${renderColumns([anyRefusal ? [...head, "REFUSED"] : head, ...rows])}${wrapText(why, "  ")}`;
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
