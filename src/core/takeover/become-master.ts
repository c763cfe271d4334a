import { isDisarmed } from "../group/disarmed.ts";
import { groupOf, hasMandate } from "../group/may-act.ts";
import { lastFlag } from "../members/flag-dispute.ts";
import { heardOf, saidOfItself } from "../members/heard.ts";
import { hostName, hostRows, rowOf } from "../members/host-rows.ts";
import { countsAsOff } from "../memory/incident.ts";
import type { Memory } from "../memory/memory.ts";
import type { PromotionState } from "../memory/promotion.ts";
import { nothing, type Round, type Step } from "../memory/step.ts";
import type { HostUuid } from "../model/ids.ts";
import type { PoolView } from "../model/pool-view.ts";
import type { PromotionRefusal, Reason } from "../model/reason.ts";
import { whenDue } from "../pace/back-off.ts";
import { namedUnderHa } from "./named.ts";
import { masterOf } from "./other-master.ts";
import { wantedRoute } from "./route.ts";
import { afterTakeOver } from "./take-over.ts";

/**
 * The old master is off, or the administrator has chosen to do without the proof: that is remembered, and the group, which learns it from
 * here (core/fencing/off-hosts.ts), names this host.
 */
export function beginTakeOver(memory: Memory, oldMaster: HostUuid, round: Round): Step {
  if (memory.promotion?.oldMaster === oldMaster || !round.isDiskWritable) return nothing(memory);
  const promotion: PromotionState = { oldMaster, sinceMs: round.view.nowMs, phase: "proved" };
  return nothing({ ...memory, promotion, sawPoolSinceBoot: true });
}

/**
 * A slave that the group has named becomes master; null: it is not named, or does not lead. Of whom it takes the place the proof is taken
 * again right before (`rests`).
 */
export function becomeMaster(memory: Memory, round: Round): Step | null {
  const { view } = round;
  if (namedUnderHa(view) !== view.self.uuid) return null;
  const named = afterTakeOver(memory, "named");
  if (!hasMandate(view) || view.self.heldSinceMs !== null) return nothing(named);
  return named.promotion === null ? endMasterless(named, round) : promote(named, named.promotion, round);
}

function promote(memory: Memory, { oldMaster, phase }: PromotionState, round: Round): Step {
  if (memory.lastGood?.haFlag !== "on" || !round.isDiskWritable) return nothing(memory);
  if (isDisarmed(round.view, oldMaster ?? round.view.self.uuid)) return nothing(memory);
  if (oldMaster !== null && !isReplaceable(oldMaster, memory, round)) return nothing(memory);
  const asked = afterTakeOver(memory, "asked");
  const rests = proofOfOldMaster(oldMaster, memory, round);
  const actions = whenDue({ kind: "promote-self", rests, route: wantedRoute(asked, round) }, round);
  if (actions.length === 0) return nothing(memory);
  const promoting: Reason = {
    kind: "promoting",
    oldMaster: oldMaster === null ? null : hostName(memory, oldMaster),
  };
  return {
    memory: asked,
    actions,
    reasons: phase === "promoting" ? [] : [promoting],
  };
}

/**
 * Is the old master off, by a proof or by choice, or has it become a slave itself? The proof of then may be over: its device has said on, or
 * it is back, and a second master.
 */
export function isReplaceable(host: HostUuid, memory: Memory, round: Round): boolean {
  const incident = memory.incidents[host];
  if ((incident !== undefined && countsAsOff(incident)) || isSlave(host, round)) return true;
  return !round.settings.FENCE_ENABLED && !rowOf(hostRows(memory, round.view), host).isAlive;
}

/** By its own word: it lives, and is no master any more. */
function isSlave(host: HostUuid, { view }: Round): boolean {
  return (
    saidOfItself(view.hearing, host)?.role === "slave" || view.probes.get(host)?.follows.kind === "slave-of"
  );
}

/** The old master, where a proof is all that says that it is none any more: it is taken again right before. */
export function proofOfOldMaster(
  oldMaster: HostUuid | null,
  { incidents }: Memory,
  round: Round,
): readonly HostUuid[] {
  if (oldMaster === null || isSlave(oldMaster, round)) return [];
  const incident = incidents[oldMaster];
  return incident?.proved === true && countsAsOff(incident) ? [oldMaster] : [];
}

/** A host that is told to be master says so at once, by its pool.conf, and by its database some seconds later. */
const SETTLE_MS = 20_000;

/**
 * The group has named this host long ago, and it is a slave: two masters that find each other while they start each become the other's
 * slave, and nothing in xapi ends that; or an old master that came back has made it one (adapters/xapi/README.md, "An old master
 * returns"). It becomes master again when for a while nobody else says that he is, but with an older database. To an administrator's
 * hand-over the group answers before.
 */
function endMasterless(memory: Memory, round: Round): Step {
  const { view, settings, isDiskWritable } = round;
  const { lastGood } = memory;
  const masterlessSinceMs = isAnotherMaster(memory, view) ? null : (memory.masterlessSinceMs ?? view.nowMs);
  const waiting = { ...memory, masterlessSinceMs };
  if (lastGood === null || masterlessSinceMs === null || view.nowMs - masterlessSinceMs < SETTLE_MS)
    return nothing(waiting);
  const flag = lastFlag(lastGood, view);
  if (!settings.PROMOTE_SLAVE) return refuse(waiting, "promotion-disabled");
  if (flag === "disputed") return refuse(waiting, "flag-disputed");
  if (!isDiskWritable) return refuse(waiting, "disk-not-writable");
  const promotion: PromotionState = { oldMaster: null, sinceMs: view.nowMs, phase: "named" };
  return promote({ ...waiting, promotion, sawPoolSinceBoot: true }, promotion, round);
}

function refuse(memory: Memory, why: PromotionRefusal): Step {
  return {
    memory,
    actions: [],
    reasons: [{ kind: "not-promoted", master: null, why, silent: [], tie: null }],
  };
}

function isAnotherMaster({ lastGood }: Memory, view: PoolView): boolean {
  // Its own xapi says that it is served, or whom it follows answers and says nothing else: its monitor may be silent.
  const followed = masterOf(view.self.role, lastGood);
  const isSilent = followed !== null && heardOf(view.hearing, followed) === "silent";
  if (view.database.ok || (isSilent && view.probes.get(followed)?.xapi === "answered")) return true;
  const office = groupOf(view)?.roll?.office ?? null;
  return (lastGood?.hosts ?? []).some(({ uuid }) => {
    const own = uuid === view.self.uuid ? null : saidOfItself(view.hearing, uuid);
    return own?.role === "master" && (own.office === null || own.office === office);
  });
}
