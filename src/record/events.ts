import { describeFault } from "../core/alerts/describe-fault.ts";
import type { Incident } from "../core/memory/incident.ts";
import type { Memory } from "../core/memory/memory.ts";
import { type Action, actionKey, type Outcome, type Result } from "../core/model/action.ts";
import type { Notice } from "../core/model/alert.ts";
import type { TieSight } from "../core/model/group-sight.ts";
import type { HostUuid } from "../core/model/ids.ts";
import { oneLine, shorten } from "../core/model/plain-text.ts";
import type { EventTie, EventVotes, PoolEvent } from "../core/model/pool-event.ts";
import type { PoolView } from "../core/model/pool-view.ts";
import type { Recorded, RecordedRound } from "./recorded.ts";

const LONGEST_TEXT = 400;
const LONGEST_NAME = 100;
/** Of one round: a pool does not start more VMs than that at once. */
const MOST_EVENTS = 250;

/** What was done to hosts and VMs, and is not kept up all the time. */
const TELLING: ReadonlySet<Action["kind"]> = new Set<Action["kind"]>([
  ...(["start-vm", "start-appliance", "fence-host", "declare-host-dead", "forget-host"] as const),
  ...(["switch-on-host", "enable-host", "restart-xapi", "promote-self", "follow-master"] as const),
  ...(["hold-xapi", "release-xapi", "resign-master", "correct-database"] as const),
  ...(["restart-toolstack", "reboot-self"] as const),
]);
/** What is told with the votes that it was decided by. */
const VOTED: ReadonlySet<Action["kind"]> = new Set<Action["kind"]>([
  "fence-host",
  "promote-self",
  "reboot-self",
]);

/** A line of the log as it was told in a round. */
export type SaidLine = Pick<Notice, "severity" | "body">;

/** What happened in a round, or since the last one; empty: nothing. `before`: the round that has begun what has ended. */
export function eventsOf(
  recorded: Recorded,
  before: RecordedRound | null,
  said: readonly SaidLine[],
  at: string,
): readonly PoolEvent[] {
  const view = recorded.kind === "round" ? recorded.view : (before?.view ?? null);
  const names = namesOf(recorded.kind === "round" ? recorded.decided.memory : recorded.ended.after, view);
  const ended = (recorded.ended?.outcomes ?? []).flatMap((outcome) => endOf(outcome, names, view, at));
  const all: readonly PoolEvent[] = [
    ...ended,
    ...(recorded.kind === "round"
      ? roundEvents(recorded, names, at)
      : incidentEvents(recorded.ended.before, recorded.ended.after, names, at)),
    ...said.map(({ severity, body }): PoolEvent => ({ kind: "said", at, severity, text: short(body) })),
  ];
  return all.slice(0, MOST_EVENTS);
}

/** Does this name say more than that people were told something? */
export const isWeighty = ({ kind }: PoolEvent): boolean => kind !== "said";

type Names = (host: string) => string;

function namesOf({ lastGood }: Memory, view: PoolView | null): Names {
  const read = view?.database.ok === true ? view.database.value.hosts : [];
  const known = new Map(
    [...(lastGood?.hosts ?? []), ...read].map(({ uuid, name }) => [uuid as string, name]),
  );
  return (host) => shorten(oneLine(known.get(host) ?? host), LONGEST_NAME);
}

const short = (text: string): string => shorten(oneLine(text), LONGEST_TEXT);

function roundEvents(round: RecordedRound, names: Names, at: string): readonly PoolEvent[] {
  const { decided, view, begun } = round;
  const { memory: after } = decided;
  const before = earliest(round);
  const health = Object.entries(after.health).flatMap(([host, { state }]): readonly PoolEvent[] =>
    state === (before.health[host]?.state ?? "alive") ? [] : [{ kind: "health", at, of: names(host), state }],
  );
  const incidents = incidentEvents(before, after, names, at);
  const actions = decided.actions.filter(
    (action) => TELLING.has(action.kind) && begun.includes(actionKey(action)),
  );
  return [...health, ...incidents, ...actions.map((action) => beginOf(action, round, names, at, view))];
}

/** What was remembered before anything of this round was learnt. What a boot has forgotten has not happened in it. */
function earliest({ ended, memory, decided }: RecordedRound): Memory {
  const before = ended?.before ?? memory;
  return before.bootId === decided.memory.bootId ? before : decided.memory;
}

function incidentEvents(before: Memory, after: Memory, names: Names, at: string): readonly PoolEvent[] {
  const hosts = new Set([...Object.keys(before.incidents), ...Object.keys(after.incidents)]);
  return [
    ...[...hosts].flatMap((host) =>
      incidentEvent(names(host), before.incidents[host], after.incidents[host], at),
    ),
    ...takeOverEvent(before, after, at),
  ];
}

function takeOverEvent(
  { promotion: before }: Memory,
  { promotion: after }: Memory,
  at: string,
): readonly PoolEvent[] {
  if (before?.phase === after?.phase) return [];
  return [{ kind: "take-over", at, phase: after?.phase ?? "over" }];
}

function incidentEvent(
  of: string,
  before: Incident | undefined,
  after: Incident | undefined,
  at: string,
): readonly PoolEvent[] {
  if (before?.phase === after?.phase && before?.proved === after?.proved) return [];
  const { phase, proved, isWord, by } = after ?? { phase: "over", proved: false, isWord: false, by: null };
  return [{ kind: "incident", at, of, phase, proved, by: isWord ? "a person" : by }];
}

function beginOf(action: Action, round: RecordedRound, names: Names, at: string, view: PoolView): PoolEvent {
  const votes = VOTED.has(action.kind) ? votesOf(view, names) : null;
  const from = action.kind === "start-vm" ? ranOn(action.vm, round) : null;
  const of = targetOf(action, names);
  return { kind: "begun", at, what: action.kind, of, from: from === null ? null : names(from), votes };
}

/** By the database, or by what ran on a failed host when XAPI was told that it is dead. */
function ranOn(vm: string, { view, decided }: RecordedRound): HostUuid | null {
  const halted = view.database.ok ? view.database.value.halted : [];
  const seen = halted.find(({ uuid }) => uuid === vm)?.ranOn ?? null;
  const incidents = Object.values(decided.memory.incidents);
  return seen ?? incidents.find(({ vms }) => (vms as readonly string[]).includes(vm))?.host ?? null;
}

function votesOf({ hearing, self, heuristics }: PoolView, names: Names): EventVotes | null {
  if (hearing === "unknown" || hearing.group.roll === null) return null;
  const { roll, leader, tie } = hearing.group;
  const heard = (host: HostUuid) =>
    host === self.uuid || hearing.peers.some((peer) => peer.host === host && peer.heard !== "silent");
  const voices = roll.hosts.filter(heard);
  return {
    leader: leader === null ? null : names(leader),
    counts: roll.hosts.map(names),
    heard: voices.map(names),
    tie: voices.length * 2 === roll.hosts.length ? tieOf(tie, heuristics) : null,
  };
}

/** What spoke for this half, in the order in which `tallyNow` asks. */
function tieOf(tie: TieSight | null, heuristics: PoolView["heuristics"]): EventTie | null {
  if (heuristics === "all-answered") return "heuristic-ips";
  return tie?.need === "lives" ? "tie-breaker" : null;
}

function targetOf(action: Action, names: Names): string {
  if ("name" in action) return shorten(oneLine(action.name), LONGEST_NAME);
  if ("host" in action) return names(action.host);
  return "vm" in action ? action.vm : "";
}

function endOf(
  { action, result }: Outcome,
  names: Names,
  view: PoolView | null,
  at: string,
): readonly PoolEvent[] {
  if (!TELLING.has(action.kind)) return [];
  const on = action.kind === "start-vm" && result.kind === "done" ? residentOn(action.vm, view) : null;
  const why = whyOf(result);
  return [
    {
      ...{ kind: "ended", at, what: action.kind, of: targetOf(action, names), result: result.kind },
      ...{ why: why === null ? null : short(why), on: on === null ? null : names(on) },
    },
  ];
}

function residentOn(vm: string, view: PoolView | null): HostUuid | null {
  const hosts = view?.database.ok === true ? view.database.value.hosts : [];
  return hosts.find(({ residents }) => residents.some(({ uuid }) => uuid === vm))?.uuid ?? null;
}

function whyOf(result: Result): string | null {
  switch (result.kind) {
    case "refused":
      return describeFault(result.fault);
    case "not-fenced":
      return `${result.fault} ${result.detail}`.trim();
    case "failed":
      return result.detail;
    case "held":
    case "unproved":
      return result.why;
    default:
      return null;
  }
}
