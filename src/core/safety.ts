import { isAtRest } from "./group/disarmed.ts";
import { groupOf, hasMandate, mayAct } from "./group/may-act.ts";
import { hostRows, rowOf } from "./members/host-rows.ts";
import { tallyNow } from "./members/vote.ts";
import { countsAsOff } from "./memory/incident.ts";
import type { Memory } from "./memory/memory.ts";
import { isRighting } from "./memory/promotion.ts";
import { differenceKey } from "./memory/seen-running.ts";
import type { Round } from "./memory/step.ts";
import type { Action, Asked } from "./model/action.ts";
import type { HostUuid } from "./model/ids.ts";
import type { PoolView } from "./model/pool-view.ts";
import { invariant } from "./model/record.ts";
import { isReplaceable, proofOfOldMaster } from "./takeover/become-master.ts";
import { isNamedLeader, namedByGroup } from "./takeover/named.ts";

/** What may happen while HA is not on: the administrator's own switch, the successor, the slaves' copies, words, the end of a route. */
const ALLOWED_WHILE_OFF = new Set<Action["kind"]>([
  ...(["set-pool-key", "sync-database", "mail", "post-message", "unblock-routes"] as const),
]);

/** By the group's word that HA is on: an old copy of the database may say otherwise. The end of a hold needs no word. */
const OWN_XAPI = new Set<Action["kind"]>(["follow-master", "hold-xapi", "release-xapi", "resign-master"]);

/**
 * The rules that may never be broken (core/README.md), checked on every decision in production too, apart from the
 * code that decides: a decision that breaks one is a bug, and a pass that ends with nothing done is the better outcome.
 */
export function assertSafe(actions: readonly Action[], memory: Memory, round: Round): void {
  const { view, settings } = round;
  const haOn = memory.lastGood?.haFlag === "on";
  for (const action of actions) {
    const isOwnXapi =
      OWN_XAPI.has(action.kind) && (action.kind === "release-xapi" || groupOf(view)?.roll?.ha === true);
    invariant(haOn || isOwnXapi || ALLOWED_WHILE_OFF.has(action.kind), `${action.kind} while HA is not on`);
    invariant(mayAct(action.kind, view), `${action.kind} without a mandate`);
    invariant(!isAtRest(action, view, view.self.uuid), `${action.kind} while HA is disarmed`);
    if (action.kind === "fence-host") {
      invariant(!action.byLeader || hasMandate(view), "a fence of the leader needs its mandate");
      const isChosen = !settings.FENCE_QUORUM_REQUIRED || tallyNow(view, memory).quorate;
      invariant(isChosen, "nobody is fenced without a mandate, unless the administrator has chosen that");
    }
    checkAction(action, memory, round);
  }
}

/** Every host of the pool, and of the memory, is asked: all but those that are off or count as off. */
function checkAsked(asks: readonly Asked[], { lastGood, incidents }: Memory): void {
  invariant(asks.length > 0, "nothing is started before somebody is asked who runs it");
  const hosts = [...(lastGood?.hosts ?? []), ...(lastGood?.forgotten ?? [])].map(({ uuid }) => uuid);
  for (const { witnesses } of asks) {
    const isLeftOut = (host: HostUuid) => !witnesses.some((witness) => witness.host === host);
    for (const host of hosts.filter(isLeftOut)) {
      invariant(countsAsOff(incidents[host]), "only a host that is off is not asked who runs a VM");
    }
  }
}

function addressOf(host: HostUuid, memory: Memory, view: PoolView): string | null {
  return rowOf(hostRows(memory, view), host).address;
}

function checkAction(action: Action, memory: Memory, round: Round): void {
  const { view, settings } = round;
  switch (action.kind) {
    case "start-vm":
    case "start-appliance":
      invariant(!isRighting(memory), "no VM is started before the database is right after a take-over");
      checkAsked(action.asks, memory);
      return;
    case "correct-database": {
      const key = differenceKey("elsewhere", [action.host], action.says);
      const isRemembered = memory.differences[action.vm]?.what === key;
      invariant(isRemembered, "the database is set right only where hosts have told it before");
      checkAsked([action.ask], memory);
      return;
    }
    case "restart-xapi": {
      invariant(action.host !== memory.lastGood?.master, "the master's own xapi is not restarted to compare");
      const left = memory.declaredDead[action.host]?.vms ?? [];
      const endsLeftoversOnly = action.mayEnd.every((vm) => left.includes(vm));
      invariant(endsLeftoversOnly, "a comparison may end only what a failover has left behind on that host");
      return;
    }
    case "fence-host":
      invariant(action.host !== view.self.uuid, "no host fences itself");
      invariant(settings.FENCE_ENABLED, "nobody is fenced with FENCE_ENABLED=0");
      invariant(memory.health[action.host]?.state === "failed", "only a failed host is fenced");
      invariant(memory.incidents[action.host]?.phase === "fencing", "a fence is remembered before it begins");
      return;
    case "declare-host-dead":
      invariant(
        memory.incidents[action.host]?.phase === "fenced",
        "a host is declared dead only after its fence",
      );
      return;
    case "switch-on-host":
      invariant(
        memory.incidents[action.host]?.phase === "declared",
        "a host is switched on again only when XAPI knows that it was off",
      );
      return;
    case "promote-self": {
      const { promotion } = memory;
      invariant(promotion !== null, "a take-over is remembered before it begins");
      invariant(isNamedLeader(view), "only whom the group has named becomes master");
      const { oldMaster } = promotion;
      const isGone = oldMaster === null || isReplaceable(oldMaster, memory, round);
      invariant(isGone, "a master is replaced only when it is off, or a slave itself");
      const isTakenAgain = proofOfOldMaster(oldMaster, memory, round).every((host) =>
        action.rests.includes(host),
      );
      invariant(isTakenAgain, "the proof that the old master is off is taken again before the take-over");
      const { route } = action;
      const isProved = oldMaster !== null && action.rests.includes(oldMaster);
      const isItsOwn = route === null || (isProved && route === addressOf(oldMaster, memory, view));
      invariant(isItsOwn, "a route is blocked only to an old master that is proved off");
      return;
    }
    case "resign-master":
      invariant(namedByGroup(view) === view.self.uuid, "only the named master gives up its place");
      invariant(!view.database.ok, "a master that serves keeps its place");
      return;
    case "reboot-self":
      invariant(settings.FENCE_REBOOT_LONE_HOST, "no reboot without FENCE_REBOOT_LONE_HOST=1");
      invariant(memory.isolation?.rebooted === true, "a reboot is remembered before it happens");
      return;
    default:
      return;
  }
}
