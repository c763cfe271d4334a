import { hostName } from "../members/host-rows.ts";
import type { Memory } from "../memory/memory.ts";
import { differenceKey, type SeenDifference } from "../memory/seen-running.ts";
import type { MasterRound, Step } from "../memory/step.ts";
import type { Action } from "../model/action.ts";
import type { HostUuid } from "../model/ids.ts";
import type { Reason } from "../model/reason.ts";
import { whenDue } from "../pace/back-off.ts";
import { leftoverOf, restartForComparison, stillDeclared } from "./comparison.ts";
import { type Difference, differencesOf } from "./differences.ts";
import { witnessesOf } from "./witnesses.ts";

/**
 * Sets the database right where it has a VM somewhere else than where it runs (core/README.md, "Where hosts and database
 * differ"), and tells what runs twice. No domain is ever ended by this program: a second copy that is surely one, left over
 * on a host that counted as off, is ended by XAPI's own comparison when the xapi of that host is restarted.
 * @param mayAct nothing else is under way that changes where VMs run
 */
export function setDatabaseRight(before: Memory, round: MasterRound, mayAct: boolean): Step {
  const { nowMs, runs } = round.view;
  const found = differencesOf(before, round.view, round.database);
  const differences = Object.fromEntries(
    found.map((difference) => [difference.record.uuid, seenNow(difference, before, nowMs)]),
  );
  const declaredDead = stillDeclared(before.declaredDead, runs);
  const memory: Memory = { ...before, differences, declaredDead };
  const lasting = found.filter((difference) => {
    const { sinceMs = nowMs } = differences[difference.record.uuid] ?? {};
    return nowMs - sinceMs >= lastingMs(difference, round);
  });
  const witnesses = witnessesOf(memory, round.view);
  const actions = [
    ...lasting.flatMap((difference) => correction(difference, witnesses, round)),
    ...restartForComparison(lasting, found, memory, round),
  ].flatMap((action) => (mayAct ? whenDue(action, { ...round, memory }) : []));
  return { memory, actions, reasons: lasting.map((difference) => tell(difference, memory, nowMs)) };
}

/** A difference that nobody has looked at for so long may have ended and begun anew. */
const UNSEEN_MS = 120_000;

function seenNow(difference: Difference, before: Memory, nowMs: number): SeenDifference {
  const what = describe(difference);
  const known = before.differences[difference.record.uuid];
  const goesOn = known?.what === what && nowMs - known.seenAtMs <= UNSEEN_MS;
  return goesOn ? { ...known, seenAtMs: nowMs } : { what, sinceMs: nowMs, seenAtMs: nowMs, isTried: false };
}

function describe(difference: Difference): string {
  const hosts = difference.kind === "twice" ? difference.hosts : [difference.host];
  return differenceKey(difference.kind, hosts, difference.record.residentOn);
}

/**
 * So long a difference has been the same before anything is done or said about it. A VM that is stopped is for seconds a
 * domain that the database calls halted; a start that xenopsd only knows of counts as a yes and may take a minute; what is
 * rebooted is for seconds no domain. What has ended on a host that was cut off is told by its xapi as soon as that reaches
 * the master again, within 104 s.
 */
function lastingMs({ kind, record, ...rest }: Difference, round: MasterRound): number {
  if (kind === "nowhere") return 120_000;
  if ("host" in rest && isEndedOtherwise(rest.host, record.residentOn, round)) return 0;
  return kind === "elsewhere" && record.residentOn === null ? 120_000 : 10_000;
}

function correction(
  difference: Difference,
  witnesses: ReturnType<typeof witnessesOf>,
  round: MasterRound,
): Action[] {
  if (difference.kind !== "elsewhere") return [];
  const { host, record } = difference;
  // XAPI enables a host only after it has compared its domains: until then that is to come.
  // What is nowhere is adopted by the comparison that is to come.
  if (record.residentOn === null && round.view.runs.get(host)?.own.xapi === "held") return [];
  const isEnabled = round.database.hosts.some(({ uuid, enabled }) => uuid === host && enabled);
  if (!isEnabled && !isEndedOtherwise(host, record.residentOn, round)) return [];
  const ask = { vm: record.uuid, witnesses: witnesses(record.uuid) };
  return [{ kind: "correct-database", vm: record.uuid, host, says: record.residentOn, ask }];
}

/**
 * Its xapi is about to compare its domains, and would end this one, which the database has on another host: it is held by its monitor, or
 * it is this master's own.
 */
function isEndedOtherwise(host: HostUuid, residentOn: HostUuid | null, { view }: MasterRound): boolean {
  if (residentOn === null) return false;
  return host === view.self.uuid
    ? view.self.initCompleteAtMs === null
    : view.runs.get(host)?.own.xapi === "held";
}

function tell(difference: Difference, memory: Memory, nowMs: number): Reason {
  const { uuid, name: vm, residentOn } = difference.record;
  const nameOf = (host: HostUuid) => hostName(memory, host);
  const says = residentOn === null ? null : nameOf(residentOn);
  switch (difference.kind) {
    case "elsewhere":
      return { kind: "database-wrong", vm, uuid, on: nameOf(difference.host), says };
    case "nowhere":
      return { kind: "database-wrong", vm, uuid, on: null, says };
    case "twice": {
      const leftover = leftoverOf(difference, memory, nowMs);
      return leftover === null || says === null
        ? { kind: "vm-runs-twice", vm, uuid, hosts: difference.hosts.map(nameOf) }
        : { kind: "leftover-found", vm, uuid, on: nameOf(leftover), runsOn: says };
    }
  }
}
