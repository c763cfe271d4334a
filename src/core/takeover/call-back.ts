import { type HostRow, hostRows, rowOf } from "../members/host-rows.ts";
import { tallyQuorum } from "../members/quorum.ts";
import type { Memory } from "../memory/memory.ts";
import { needsRecoverSlaves } from "../memory/promotion.ts";
import { nothing, type Step } from "../memory/step.ts";
import type { Action } from "../model/action.ts";
import type { Reason } from "../model/reason.ts";
import { put } from "../model/record.ts";
import { isDue, mayBegin, whenDue } from "../pace/back-off.ts";
import type { JudgedRound } from "./mastership.ts";

/** A call costs seconds for every dead host, so a host that will not be called back is not called all the time. */
const CALL_LOST_MS = 60_000;
const CALL_LOST_KEY = "call-lost-hosts";
/** A host that boots has said hello to its master by then. */
const STRAY_MS = 60_000;

/**
 * Hosts in emergency mode look for a master that does not take them: after a promotion they may have slept through, the
 * old one. Nothing in xapi ever tells them of the new one, so the master does (`pool.recover_slaves`; adapters/xapi/README.md, "Calling slaves back").
 * A host whose monitor is silent cannot say that it is one: it has never seen the pool, or its service does not run.
 */
export function callBackLost(memory: Memory, round: JudgedRound): Step {
  const rows = hostRows(memory, round.view);
  const probed = [...round.view.probes.keys()].map((uuid) => rowOf(rows, uuid));
  const lost = probed.filter(
    (row) => row.known !== null && (row.probe?.follows.kind === "lost" || isStray(row, round)),
  );
  // A take-over calls its own members. One that is no member is called all the same: a master's xapi may not end its
  // start before such a host has answered who its master is (adapters/xapi/README.md, "Becoming master").
  const isCalling = memory.promotion !== null && needsRecoverSlaves(memory.promotion);
  if (lost.length === 0 || isCalling || !mayCall(lost, probed, memory, round)) return nothing(memory);
  const reasons: readonly Reason[] = [{ kind: "hosts-lost", hosts: lost.map(({ name }) => name) }];
  const recover: Action = { kind: "recover-slaves" };
  const { nowMs } = round.view;
  if (!mayBegin(recover, round) || !isDue(memory.retries[CALL_LOST_KEY], nowMs))
    return { memory, actions: [], reasons };
  const retry = { failures: 0, notBeforeMs: nowMs + CALL_LOST_MS };
  return {
    memory: { ...memory, retries: put(memory.retries, CALL_LOST_KEY, retry) },
    actions: [recover],
    reasons,
  };
}

/** Its XAPI has answered for a while, and it has not reported to this master, which is nobody's rival. */
function isStray({ probe, record, health }: HostRow, { mastership, view }: JudgedRound): boolean {
  if (mastership.kind !== "undisputed" || record?.live !== false) return false;
  if (probe?.xapi !== "answered" || probe.follows.kind !== "unknown" || health?.state !== "alive")
    return false;
  return view.nowMs - health.sinceMs >= STRAY_MS;
}

/** The master of more than half, or nobody else's rival who would be it with those that are lost. */
function mayCall(
  lost: readonly HostRow[],
  probed: readonly HostRow[],
  memory: Memory,
  { mastership, view }: JudgedRound,
): boolean {
  if (mastership.kind !== "unproven") return mastership.kind === "undisputed";
  const members = memory.lastGood?.members ?? [];
  const withThisHost = [...probed.filter(({ followsThisHost }) => followsThisHost), ...lost];
  const alive = [view.self.uuid, ...withThisHost.map(({ uuid }) => uuid)];
  return tallyQuorum({ members, alive, heuristics: "not-asked" }).quorate;
}

/** Calls the members that follow somebody else, when this host is the rightful master and no take-over is open. */
export function callBackMembers(memory: Memory, round: JudgedRound): Step {
  if (round.mastership.kind !== "calls-back" || memory.promotion !== null) return nothing(memory);
  return { memory, actions: whenDue({ kind: "recover-slaves" }, round), reasons: [] };
}
