import { isClaiming } from "../group/may-act.ts";
import { hostRows, rowOf } from "../members/host-rows.ts";
import type { QuorumTally } from "../members/quorum.ts";
import { silentOnRoll, tieSaid } from "../members/tie-said.ts";
import { heardHosts, tallyNow } from "../members/vote.ts";
import { watchedHosts } from "../members/watched-hosts.ts";
import type { Isolation } from "../memory/isolation.ts";
import type { Memory } from "../memory/memory.ts";
import { type MasterRound, nothing, type Round, type Step } from "../memory/step.ts";
import type { Reason } from "../model/reason.ts";

/** A link that comes back for some seconds has not ended the incident: it would cost a reboot each time. */
const WELL_MS = 60_000;

/**
 * Is this host the one that was cut off? Only when members exist that should answer, none does, and the votes do not
 * say otherwise: two hosts of four are a tie, not an island.
 */
export function isIsolated(input: {
  readonly failed: number;
  readonly aliveOthers: number;
  readonly quorum: QuorumTally;
}): boolean {
  return input.failed > 0 && input.aliveOthers === 0 && !input.quorum.quorate;
}

/** The pool is seen whole: an incident that has cost a reboot is over when that has lasted for a minute. */
export function endIsolation(previous: Isolation | null, nowMs: number): Isolation | null {
  if (previous?.rebooted !== true) return null;
  const wellSinceMs = previous.wellSinceMs ?? nowMs;
  return nowMs - wellSinceMs >= WELL_MS ? null : { ...previous, wellSinceMs };
}

export type IsolationStep = { readonly isolation: Isolation; readonly reboot: boolean };

/** One more pass alone: reboot once per incident if the administrator wants that (FENCE_REBOOT_LONE_HOST). */
export function stepIsolation(
  previous: Isolation | null,
  nowMs: number,
  settings: { readonly FENCE_REBOOT_LONE_HOST: boolean },
): IsolationStep {
  const isolation: Isolation = { ...(previous ?? { sinceMs: nowMs, rebooted: false }), wellSinceMs: null };
  if (!settings.FENCE_REBOOT_LONE_HOST || isolation.rebooted) return { isolation, reboot: false };
  return { isolation: { ...isolation, rebooted: true }, reboot: true };
}

/** Is this host cut off in this round, by its memory after the step below? Then it fences nobody. */
export function isCutOff({ isolation }: Memory): boolean {
  return isolation !== null && isolation.wellSinceMs === null;
}

/**
 * Is this master the one that was cut off? Then nobody is fenced, and it reboots itself if the administrator wants that.
 * A host that did so takes part again when more than half are with it.
 */
export function isolateMaster(memory: Memory, round: MasterRound): Step {
  const { settings, view, database } = round;
  // In a moment it leads, or knows that it does not.
  if (isClaiming(view)) return nothing(memory);
  const quorum = tallyNow(view, memory);
  const satisfied = { ...quorum, quorate: quorum.quorate || !settings.FENCE_QUORUM_REQUIRED };
  const rows = hostRows(memory, view);
  const others = watchedHosts(memory, database, view).map((uuid) => rowOf(rows, uuid));
  const failed = others.filter(({ health, isFenceable }) => health?.state === "failed" && isFenceable).length;
  const aliveOthers = others.filter(({ isHeard }) => isHeard).length;
  if (isIsolated({ failed, aliveOthers, quorum: satisfied })) return endRoundAlone(memory, round);
  if (memory.isolation?.rebooted === true && !satisfied.quorate)
    return { memory, actions: [], reasons: [{ kind: "out-of-ha-after-reboot" }], ends: true };
  return nothing({ ...memory, isolation: endIsolation(memory.isolation, view.nowMs) });
}

/** A host that has rebooted itself does nothing more in this round, nor in the next ones until the pool is whole. */
function endRoundAlone(memory: Memory, round: Round): Step {
  const FENCE_REBOOT_LONE_HOST = mayReboot(round);
  const { isolation, reboot } = stepIsolation(memory.isolation, round.view.nowMs, { FENCE_REBOOT_LONE_HOST });
  return {
    memory: { ...memory, isolation },
    actions: reboot ? [{ kind: "reboot-self" }] : [],
    reasons: [isolated(reboot, memory, round)],
    ...(isolation.rebooted ? { ends: true } : {}),
  };
}

function isolated(reboots: boolean, memory: Memory, { view }: Round): Reason {
  const tie = tieSaid(view, memory);
  return { kind: "isolated", reboots, tie, silent: tie === null ? [] : silentOnRoll(view, memory) };
}

/** Does the administrator want a reboot, and would this host remember it? One that is forgotten is followed by the next. */
function mayReboot({ settings, isDiskWritable }: Round): boolean {
  return settings.FENCE_REBOOT_LONE_HOST && isDiskWritable;
}

/** No other member answers this slave and the votes are too few: it is the one that was cut off. null: it is not. */
export function isolateSlave(memory: Memory, quorum: QuorumTally, round: Round): Step | null {
  const { view } = round;
  const aliveOthers = heardHosts(view, memory).length - 1;
  if (!isIsolated({ failed: 1, aliveOthers, quorum }) || isClaiming(view)) return null;
  // In maintenance somebody is at work on this host.
  const { isInMaintenance } = rowOf(hostRows(memory, view), view.self.uuid);
  const FENCE_REBOOT_LONE_HOST = mayReboot(round) && !isInMaintenance;
  const step = stepIsolation(memory.isolation, view.nowMs, { FENCE_REBOOT_LONE_HOST });
  return {
    memory: { ...memory, isolation: step.isolation },
    actions: step.reboot ? [{ kind: "reboot-self" }] : [],
    reasons: [isolated(step.reboot, memory, round)],
  };
}
