import type { Memory } from "./memory/memory.ts";
import type { Action } from "./model/action.ts";
import { invariant } from "./model/record.ts";
import type { CoreSettings } from "./model/settings.ts";

/** What may happen while HA is not on: the administrator's own switch, the successor, the slaves' copies, words. */
const ALLOWED_WHILE_OFF = new Set<Action["kind"]>(["set-pool-key", "sync-database", "mail", "post-message"]);

/**
 * The rules that may never be broken (core/README.md), checked on every decision in production too, apart from the
 * code that decides: a decision that breaks one is a bug, and a pass that ends with nothing done is the better outcome.
 */
export function assertSafe(actions: readonly Action[], memory: Memory, settings: CoreSettings): void {
  const haOn = memory.lastGood?.haFlag === "on";
  for (const action of actions) {
    if (!haOn) invariant(ALLOWED_WHILE_OFF.has(action.kind), `${action.kind} while HA is not on`);
    checkAction(action, memory, settings);
  }
}

function checkAction(action: Action, memory: Memory, settings: CoreSettings): void {
  switch (action.kind) {
    case "start-vm":
    case "start-appliance":
      invariant(memory.promotion === null, "no VM is started before the members are back after a take-over");
      return;
    case "fence-host":
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
    case "promote-self": {
      const { promotion } = memory;
      invariant(promotion !== null, "a take-over is remembered before it begins");
      if (promotion.oldMaster === null) {
        invariant(memory.masterlessSinceMs !== null, "nobody to fence only where all say they are no master");
        return;
      }
      const phase = memory.incidents[promotion.oldMaster]?.phase;
      invariant(
        !settings.FENCE_ENABLED || phase === "fenced",
        "the old master is fenced before the take-over",
      );
      return;
    }
    case "reboot-self":
      invariant(settings.FENCE_REBOOT_LONE_HOST, "no reboot without FENCE_REBOOT_LONE_HOST=1");
      invariant(memory.isolation?.rebooted === true, "a reboot is remembered before it happens");
      return;
    default:
      return;
  }
}
