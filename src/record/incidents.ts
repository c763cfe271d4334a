import type { PoolEvent } from "../core/model/pool-event.ts";
import { isWeighty } from "./events.ts";
import { headlineOf } from "./headline.ts";
import {
  compareNames,
  type LostHost,
  type PoolIncident,
  type SeenEvent,
  type StartedVm,
  type TakeOver,
} from "./pool-incident.ts";

/** What comes later than this after the last thing that happened is another incident. */
const APART_MS = 600_000;

/** The incidents of a pool, the oldest first. */
export function incidentsOf(events: readonly SeenEvent[]): readonly PoolIncident[] {
  const ordered = [...events].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const groups: SeenEvent[][] = [];
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const event of ordered) {
    const atMs = Date.parse(event.at);
    const isApart = atMs - lastMs > APART_MS;
    // What is only said belongs to what happened before it, if that is not long ago.
    if (isApart && !isWeighty(event)) continue;
    if (isApart) groups.push([]);
    groups.at(-1)?.push(event);
    if (isWeighty(event)) lastMs = atMs;
  }
  return groups.map(incidentOf);
}

function incidentOf(events: readonly SeenEvent[]): PoolIncident {
  const weighty = events.filter(isWeighty);
  const from = weighty[0]?.at ?? "";
  const hosts = lostHosts(weighty);
  const takeOvers = takeOversIn(weighty);
  const vms = startedVms(weighty);
  return {
    id: idOf(from),
    from,
    to: weighty.at(-1)?.at ?? from,
    headline: headlineOf(hosts, takeOvers, vms, weighty),
    ...{ hosts, takeOvers, vms, events },
  };
}

const idOf = (at: string): string =>
  new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");

type Of<Kind extends PoolEvent["kind"]> = Extract<SeenEvent, { readonly kind: Kind }>;

const ofKind = <Kind extends PoolEvent["kind"]>(events: readonly SeenEvent[], kind: Kind) =>
  events.filter((event): event is Of<Kind> => event.kind === kind);

const refusalsIn = (ends: readonly Of<"ended">[]): readonly string[] => [
  ...new Set(
    ends
      .filter(({ result }) => result !== "done" && result !== "pending")
      .map(({ result, why }) => why ?? result),
  ),
];

function lostHosts(events: readonly SeenEvent[]): readonly LostHost[] {
  const health = ofKind(events, "health");
  const phases = ofKind(events, "incident");
  const names = new Set([...health.filter(({ state }) => state !== "alive"), ...phases].map(({ of }) => of));
  return [...names].sort(compareNames).map((name) => {
    const seen = (state: string) =>
      health.find((event) => event.of === name && event.state === state)?.at ?? null;
    const about = phases.filter(({ of }) => of === name);
    const off =
      about.find(({ phase }) => phase === "fenced") ?? about.find(({ phase }) => phase === "declared");
    const fence = ofKind(events, "begun").find(({ what, of }) => what === "fence-host" && of === name);
    const fenceEnds = ofKind(events, "ended").filter(({ what, of }) => what === "fence-host" && of === name);
    const failedAt =
      seen("failed") ?? about.find(({ phase }) => phase === "open" || phase === "fencing")?.at ?? null;
    const silentMs = Date.parse(failedAt ?? seen("suspect") ?? seen("xapi-down") ?? "");
    const back = health.find(
      (event) => event.of === name && event.state === "alive" && Date.parse(event.at) > silentMs,
    );
    const returned = about.find(({ phase }) => phase === "returned" || phase === "answered");
    return {
      name,
      ...{ xapiSilentAt: seen("xapi-down"), suspectAt: seen("suspect"), failedAt },
      ...{ fenceAt: fence?.at ?? null, decidedBy: fence?.seenBy ?? off?.seenBy ?? null },
      ...{ votes: fence?.votes ?? null, refusals: refusalsIn(fenceEnds) },
      ...{ offAt: off?.at ?? null, proved: off?.proved ?? false, proof: off?.by ?? null },
      declaredAt: about.find(({ phase }) => phase === "declared")?.at ?? null,
      backAt: back?.at ?? returned?.at ?? null,
    };
  });
}

function takeOversIn(events: readonly SeenEvent[]): readonly TakeOver[] {
  const begun = ofKind(events, "begun").filter(({ what }) => what === "promote-self");
  const first = begun.filter(
    ({ seenBy }, index) => begun.findIndex((one) => one.seenBy === seenBy) === index,
  );
  return first.map(({ seenBy, at, votes }) => {
    const ends = ofKind(events, "ended").filter(
      (end) => end.what === "promote-self" && end.seenBy === seenBy,
    );
    const phases = ofKind(events, "take-over").filter((phase) => phase.seenBy === seenBy && phase.at >= at);
    const serves = phases.find(({ phase }) => SERVES.includes(phase));
    const whole = phases.find(
      (phase) => phase.phase === "over" && serves !== undefined && phase.at >= serves.at,
    );
    // Earlier versions have told only when XAPI had taken the order.
    const done = serves ?? ends.find(({ result }) => result === "done");
    return {
      ...{ host: seenBy, begunAt: at, votes, doneAt: done?.at ?? null, wholeAt: whole?.at ?? null },
      refusals: refusalsIn(ends),
    };
  });
}

/** From there on its xapi is master (core/memory/promotion.ts). */
const SERVES: readonly string[] = ["righting", "righted"];

const STARTS: readonly string[] = ["start-vm", "start-appliance"];

/** A VM is there once for each time it was started: the host to which it came may die, too. Attempts that came to nothing belong to the next one. */
function startedVms(events: readonly SeenEvent[]): readonly StartedVm[] {
  const rows: { begun: Of<"begun">; ends: Of<"ended">[]; done: Of<"ended"> | null }[] = [];
  const open = (name: string) => rows.findLast(({ begun, done }) => begun.of === name && done === null);
  for (const event of events) {
    if (event.kind !== "begun" && event.kind !== "ended") continue;
    if (!STARTS.includes(event.what)) continue;
    const row = open(event.of);
    if (event.kind === "begun") {
      if (row === undefined) rows.push({ begun: event, ends: [], done: null });
      continue;
    }
    row?.ends.push(event);
    if (row !== undefined && event.result === "done") row.done = event;
  }
  return rows.map(({ begun: { of: name, at, seenBy, from }, ends, done }) => ({
    ...{ name, from, to: done?.on ?? null, by: done?.seenBy ?? seenBy },
    ...{ askedAt: at, startedAt: done?.at ?? null, refusals: refusalsIn(ends) },
  }));
}
