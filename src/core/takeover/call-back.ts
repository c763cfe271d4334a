import { type DecisionInput, hostName, mayBegin } from "../members/decision.ts";
import { tallyQuorum } from "../members/quorum.ts";
import { isSlaveOf } from "../members/slave-of.ts";
import type { Memory } from "../memory/memory.ts";
import type { Action } from "../model/action.ts";
import type { HostUuid } from "../model/ids.ts";
import type { Reason } from "../model/reason.ts";
import { put } from "../model/record.ts";
import { isDue } from "../pace/back-off.ts";
import type { Mastership } from "./mastership.ts";
import { needsRecoverSlaves } from "./promotion.ts";

/** A call costs seconds for every dead host, so a host that will not be called back is not called all the time. */
const CALL_LOST_MS = 60_000;
const CALL_LOST_KEY = "call-lost-hosts";

export interface CallBackStep {
  readonly memory: Memory;
  readonly actions: readonly Action[];
  readonly reasons: readonly Reason[];
}

/**
 * Hosts in emergency mode look for a master that does not take them: after a promotion they may have slept through, the
 * old one. Nothing in xapi ever tells them of the new one, so the master does (`pool.recover_slaves`, xapi.md §4.2).
 */
export function callBackLost(memory: Memory, mastership: Mastership, input: DecisionInput): CallBackStep {
  const lost = [...input.view.probes]
    .filter(([, probe]) => probe.follows.kind === "lost")
    .map(([uuid]) => uuid);
  const known = lost.filter((uuid) => isKnown(memory, uuid));
  // A take-over calls its own members. One that is no member is called all the same: a master's xapi may not end its
  // start before such a host has answered who its master is (xapi.md §10).
  const calling = memory.promotion !== null && needsRecoverSlaves(memory.promotion);
  if (known.length === 0 || !mayCall(known, memory, mastership, input) || calling)
    return { memory, actions: [], reasons: [] };
  const reasons: readonly Reason[] = [
    { kind: "hosts-lost", hosts: known.map((uuid) => hostName(memory, uuid)) },
  ];
  const recover: Action = { kind: "recover-slaves" };
  const { nowMs } = input.view;
  if (!mayBegin(recover, input) || !isDue(memory.retries[CALL_LOST_KEY], nowMs))
    return { memory, actions: [], reasons };
  const retry = { failures: 0, notBeforeMs: nowMs + CALL_LOST_MS };
  return {
    memory: { ...memory, retries: put(memory.retries, CALL_LOST_KEY, retry) },
    actions: [recover],
    reasons,
  };
}

/** The master of more than half, or nobody else's rival who would be it with those that are lost. */
function mayCall(
  lost: readonly HostUuid[],
  memory: Memory,
  mastership: Mastership,
  input: DecisionInput,
): boolean {
  if (mastership.kind !== "unproven") return mastership.kind === "undisputed";
  const members = memory.lastGood?.members ?? [];
  const own = memory.lastGood?.hosts.find((host) => host.uuid === input.view.self.uuid)?.address;
  const followers = [...input.view.probes].filter(([, probe]) => isSlaveOf(probe, own)).map(([uuid]) => uuid);
  const alive = [input.view.self.uuid, ...followers, ...lost];
  return tallyQuorum({ members, alive, heuristics: "not-asked" }).quorate;
}

function isKnown(memory: Memory, uuid: HostUuid): boolean {
  return memory.lastGood?.hosts.some((host) => host.uuid === uuid) === true;
}
