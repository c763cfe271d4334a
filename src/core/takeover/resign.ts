import { isDisarmed } from "../group/disarmed.ts";
import { hostsOnRoll } from "../group/may-act.ts";
import { lastFlag } from "../members/flag-dispute.ts";
import { saidOfItself } from "../members/heard.ts";
import { hostRows, rowOf } from "../members/host-rows.ts";
import type { Memory } from "../memory/memory.ts";
import type { Round, Step } from "../memory/step.ts";
import type { LocalView, PoolView } from "../model/pool-view.ts";
import { hostWithAddress } from "../model/reachable.ts";
import { whenDue } from "../pace/back-off.ts";
import { namedUnderHa } from "./named.ts";

/** By it a host names itself that does not know its own address. */
const OWN_LOOPBACK = "127.0.0.1";
/** A restart of its toolstack is among them (core/pace/toolstack.ts). */
const PATIENCE_MS = 5 * 60_000;
/** Somebody works on it: an update ends. */
const LONG_PATIENCE_MS = 20 * 60_000;

/**
 * The named master, whose monitor lives, and whose xapi has not served for minutes: it gives up its place, where another host can take it.
 * Its xapi is ended first, for a hung one that goes on later would be a second master; then pool.conf calls it a slave of itself, which is
 * no master's (core/group/own-state.ts, `hasResigned`). Its VMs run on.
 */
export function resignUnserved(decision: Step, round: Round): Step {
  const { view } = round;
  const unservedSinceMs = unservedSince(decision.memory, view);
  const memory = { ...decision.memory, unservedSinceMs };
  const step = { ...decision, memory };
  const { lastGood } = memory;
  // By the roll HA is on, where this host does not know its pool any more.
  if (unservedSinceMs === null || (lastGood !== null && lastFlag(lastGood, view) !== "on")) return step;
  if (view.database.ok || !hasHeir(view) || isDisarmed(view, view.self.uuid)) return step;
  if (view.nowMs - unservedSinceMs < patienceMs(memory, view)) return step;
  const known = rowOf(hostRows(memory, view), view.self.uuid).address ?? "";
  const address = lastGood === null ? OWN_LOOPBACK : known;
  if (address === "") return step;
  const actions = whenDue({ kind: "resign-master", address }, round);
  return { ...step, actions: [...step.actions, ...actions] };
}

/**
 * Since when it is named, and is master, was it until it gave that up, or cannot become it because its xapi takes no order, and does not
 * serve; null: it does, or is none of these. A try that has failed, so that xapi is held and pool.conf says master, begins no new time.
 */
function unservedSince(memory: Memory, view: PoolView): number | null {
  const { self, database } = view;
  // One that has forgotten its pool has forgotten whether it was told to become master.
  const isForgetful = memory.lastGood === null && self.role.kind === "slave";
  const isToBe = hasResigned(self, memory) || memory.promotion !== null || isForgetful;
  const isMaster = self.role.kind === "master" || (isToBe && self.heldSinceMs === null);
  if (!isMaster || namedUnderHa(view) !== self.uuid) return null;
  const serves =
    database.ok || (self.xapiAnswers && self.initCompleteAtMs !== null && self.role.kind === "master");
  return serves ? null : (memory.unservedSinceMs ?? view.nowMs);
}

/** A slave that would take over (core/group/own-state.ts, `mayReplace`). */
function hasHeir(view: PoolView): boolean {
  return hostsOnRoll(view).some((host) => {
    const own = saidOfItself(view.hearing, host);
    return host !== view.self.uuid && own?.role === "slave" && own.enabled === true;
  });
}

/** One that is in maintenance left on purpose, and is awaited for longer, unless another host has failed, too. */
function patienceMs(memory: Memory, view: PoolView): number {
  const rows = hostRows(memory, view);
  const isAnyFailed = [...rows.values()].some(({ health }) => health?.state === "failed");
  return rowOf(rows, view.self.uuid).isInMaintenance && !isAnyFailed ? LONG_PATIENCE_MS : PATIENCE_MS;
}

/** Has this host given up being master, so that nobody is? */
export function hasResigned({ role, uuid }: Pick<LocalView, "role" | "uuid">, { lastGood }: Memory): boolean {
  if (role.kind !== "slave") return false;
  return (
    role.masterAddress === OWN_LOOPBACK ||
    hostWithAddress(lastGood?.hosts ?? [], role.masterAddress)?.uuid === uuid
  );
}
