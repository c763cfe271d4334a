import { findRest } from "../../core/members/rest.ts";
import type { Incident } from "../../core/memory/incident.ts";
import { hostUuid } from "../../core/model/ids.ts";
import { proofOf, silenceS } from "../plan-times.ts";
import { heardHostText } from "../screens/hearing-words.ts";
import { spanText } from "../screens/status-words.ts";
import type { HostReport } from "../status/status-report.ts";
import {
  conditionsAbout,
  type Explained,
  type ExplainFacts,
  elsewhere,
  memoryOf,
  type Next,
  open,
  until,
  whyNothing,
} from "./explanation.ts";

const STATES: Readonly<Record<HostReport["state"], string>> = {
  alive: "it answers",
  "xapi-down": "it lives, but its XAPI does not answer",
  suspect: "it does not answer, and is being retried",
  failed: "it has failed",
  silent: "it does not answer, and nobody has judged that yet",
  unknown: "it is not known whether it answers",
};

/** One host of the pool: what it is, why, and what would happen. */
export function explainHost(host: HostReport, facts: ExplainFacts): Explained {
  const { role, isSelf, enabled, state, vms } = host;
  const running = vms === null ? "" : `; ${vms === 1 ? "1 VM runs" : `${vms} VMs run`} there`;
  const now = `${role}${isSelf ? ", this host" : ""}, ${enabled ? "enabled" : "disabled"}; ${STATES[state]}${running}`;
  const unique = [...new Set([...whyOf(host, facts), ...conditionsAbout(facts, "host", [host.name])])];
  return { now, why: unique, next: nextOfHost(host, facts) };
}

function whyOf(host: HostReport, facts: ExplainFacts): readonly string[] {
  const { sight, report } = facts;
  const { group, hearing } = report;
  const peer = hearing?.hosts.find(({ uuid }) => uuid === host.uuid);
  const known = memoryOf(facts)?.lastGood?.hosts.find(({ uuid }) => uuid === host.uuid);
  const failed = report.incidents.filter((one) => one.kind === "host-failed" && one.host === host.name);
  const others = host.isSelf ? report.incidents.filter(({ kind }) => kind !== "host-failed") : [];
  const incidents = [...failed, ...others].map(
    ({ text, ageS }) => `${text}${ageS === null ? "" : ` (since ${spanText(ageS)})`}`,
  );
  return [
    ...(peer === undefined ? [] : [heardHostText(peer)]),
    ...(group === null || group.counts.length === 0
      ? []
      : [group.counts.includes(host.name) ? "Its vote counts" : "Its vote does not count now"]),
    ...incidents,
    ...(host.enabled || failed.length > 0 ? [] : [disabledText(host, known?.disabledByStart === true)]),
    ...(isLeading(host, facts) ? ["It leads: it fences, and starts VMs"] : []),
    ...(host.role === "master" && sight.master === null ? ["Nobody is known to be master"] : []),
  ];
}

function disabledText({ state }: HostReport, byStart: boolean): string {
  if (state !== "alive" && state !== "xapi-down") return "It is disabled: in maintenance, or declared dead";
  return byStart
    ? "XAPI has disabled it because it, or the master, has started: nobody's wish"
    : "It is in maintenance: never fenced, and given no VM, until it is enabled (xe host-enable)";
}

function isLeading({ uuid, isSelf }: HostReport, { report: { group } }: ExplainFacts): boolean {
  return group?.lead === "leads" ? isSelf : group?.leader?.uuid === uuid;
}

/** What is waited for with this host, and until when; for one in which nothing is wrong, what its failure would come to. */
export function nextOfHost(host: HostReport, facts: ExplainFacts): readonly Next[] {
  const nothing = whyNothing(facts.report);
  if (nothing !== null) return [open(`Nothing is done: ${nothing}`)];
  const memory = memoryOf(facts);
  const incident = memory?.incidents[host.uuid];
  const isBad = host.state !== "alive" && host.state !== "xapi-down" && !host.isSelf;
  const isMissing = isBad && incident === undefined;
  const elsewhereText = isMissing ? elsewhere(facts, `ha-cfg explain host ${host.name}`) : null;
  return [
    ...(incident === undefined ? [] : ofIncident(incident, facts)),
    ...(incident === undefined && host.state === "suspect" ? ofSuspect(host, facts) : []),
    ...(isMissing && elsewhereText === null && host.state !== "suspect" ? ofSilent(host, facts) : []),
    ...(elsewhereText === null ? [] : [open(elsewhereText)]),
    ...ofLease(host, facts),
    ...ofRest(host, facts),
    ...(incident === undefined && !isBad && host.enabled ? ofFailure(host, facts) : []),
    ...(!host.enabled && incident === undefined
      ? [open("If it failed, it would not be fenced, and the VMs on it would wait for it")]
      : []),
  ];
}

/** The next pass judges it. */
function ofSilent({ uuid }: HostReport, { report, sight }: ExplainFacts): readonly Next[] {
  const allS = silenceS(sight.resolved.settings);
  const silentS = report.hearing?.hosts.find((one) => one.uuid === uuid)?.sinceS ?? 0;
  return [{ text: "It has failed unless it is heard, or answers", inS: Math.max(0, allS - silentS) }];
}

function ofSuspect({ uuid }: HostReport, facts: ExplainFacts): readonly Next[] {
  const health = memoryOf(facts)?.health[uuid];
  if (health?.state !== "suspect") return [];
  const { XAPI_COUNT, XAPI_DELAY } = facts.sight.resolved.settings;
  const left = Math.max(0, XAPI_COUNT - health.failedRetries);
  const endMs = health.lastRetryMs + left * XAPI_DELAY * 1_000;
  const text = `It has failed unless it answers one of the next ${left} of ${XAPI_COUNT} retries`;
  return [until(text, endMs, facts.nowMs)];
}

/** The next step of a host that has failed. */
function ofIncident(incident: Incident, facts: ExplainFacts): readonly Next[] {
  const { host, phase, fenceFailures, proved, by } = incident;
  const again = (kind: string, text: string): Next => {
    const retry = memoryOf(facts)?.retries[`${kind}:${host}`];
    return retry === undefined || retry.notBeforeMs <= facts.nowMs
      ? open(`${text} next`)
      : until(`${text} again`, retry.notBeforeMs, facts.nowMs);
  };
  const { settings } = facts.sight.resolved;
  const proof = proofOf(settings, facts.sight.hosts.length);
  const starts = "Its VMs are started elsewhere only when it is proved off";
  switch (phase) {
    case "open":
      if (facts.report.notFencing !== null) return [open(`It is not fenced: ${facts.report.notFencing}`)];
      return [again("fence-host", fenceFailures === 0 ? "It is fenced" : "Fencing is tried"), open(starts)];
    case "fencing":
      return [{ text: `It is proved off by ${proof.text}`, inS: proof.atMostS }, open(starts)];
    case "fenced": {
      const how = proved
        ? `It is proved off${by === null ? "" : ` (${by})`}`
        : "It counts as off, without a proof";
      return [
        again("declare-host-dead", `${how}; XAPI is told that it is dead`),
        open("Then its VMs are started elsewhere"),
      ];
    }
    case "declared":
      return [open("Its VMs are started elsewhere; when it comes back, it is taken in, and enabled")];
    case "answered":
      return [open("Nothing is done while XAPI reaches it")];
    case "switched-on":
      return [open("It boots; it is taken in when its monitor is heard, and fenced anew if it fails")];
    case "returned":
      return [again("enable-host", "When XAPI there has ended its start, it is enabled")];
  }
}

function ofLease(host: HostReport, { report: { group } }: ExplainFacts): readonly Next[] {
  const lease = group?.leases.find((one) => one.host === host.name);
  const isLate = lease !== undefined && lease.endsInS * 5 < lease.leaseS * 3;
  const others = isLate
    ? [{ text: "Its lease expires unless it is heard: then it is off", inS: lease.endsInS }]
    : [];
  const own = host.isSelf ? (group?.ownLease ?? null) : null;
  const fires = own?.firesInS ?? null;
  return fires === null
    ? others
    : [...others, { text: "Its watchdog resets it unless the group answers", inS: fires }];
}

function ofRest({ uuid }: HostReport, facts: ExplainFacts): readonly Next[] {
  const memory = memoryOf(facts);
  const self = facts.sight.self;
  if (memory === null || self === null) return [];
  const rest = findRest(hostUuid(uuid), self.uuid, memory, facts.nowMs);
  if (rest === null) return [];
  const why =
    rest.of === "fences" ? "it was fenced twice within an hour" : "it has failed twice within an hour";
  return [until(`It is given no VM: ${why}`, rest.untilMs, facts.nowMs)];
}

/** What its failure would come to. */
function ofFailure(host: HostReport, facts: ExplainFacts): readonly Next[] {
  const { sight, report } = facts;
  const { settings } = sight.resolved;
  const proof = proofOf(settings, sight.hosts.length);
  const limit = proof.atMostS === null ? "" : `, within ${proof.atMostS} s`;
  const notice = `If it failed, that would be noticed after about ${silenceS(settings)} s of silence; proved off: ${proof.text}${limit}`;
  return [open(notice), ...successorOf(host, facts), ...ofItsVms(host, facts, report.notFencing)];
}

function successorOf(
  { role }: HostReport,
  { report: { successor, noSuccessor } }: ExplainFacts,
): readonly Next[] {
  if (role !== "master") return [];
  if (successor === null) return [open(`No host would take over as master: ${noSuccessor ?? "not known"}`)];
  return [open(`${successor.name ?? successor.uuid} would take over as master`)];
}

function ofItsVms(
  { uuid, name }: HostReport,
  { foresee }: ExplainFacts,
  notFencing: string | null,
): readonly Next[] {
  if (notFencing !== null)
    return [open(`Its VMs would not be started elsewhere: no host is fenced now (${notFencing})`)];
  if (foresee === null) return [];
  const its = foresee([hostUuid(uuid)]).filter(({ on }) => on === uuid);
  if (its.length === 0) return [open("No VM runs there that would have to be started elsewhere")];
  const count = (kind: string) => its.filter(({ fate }) => fate.kind === kind).length;
  const counts = [
    [count("starts"), "started elsewhere"],
    [count("no-host"), "without a host"],
    [count("left"), "left down"],
  ] as const;
  const said = counts.flatMap(([number, what]) => (number === 0 ? [] : [`${number} ${what}`]));
  const text = `Its VMs would be: ${said.join(", ")}`;
  return [open(`${text} (ha-cfg plan --if-host-fails ${name})`)];
}
