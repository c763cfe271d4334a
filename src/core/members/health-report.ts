import { incidentOf, type Memory } from "../memory/memory.ts";
import type { Round } from "../memory/step.ts";
import type { HostUuid } from "../model/ids.ts";
import type { Reason } from "../model/reason.ts";
import { isAlive } from "./host-health.ts";
import { hostName } from "./host-rows.ts";

/** Hosts that had failed and answer again without anything having been done about them: said, as their failure was. */
export function reportReturns(before: Memory, after: Memory, hosts: readonly HostUuid[]): readonly Reason[] {
  return hosts.flatMap((uuid): readonly Reason[] => {
    const back = before.health[uuid]?.state === "failed" && isAlive(after.health[uuid]);
    if (!back || incidentOf(before, uuid) !== undefined) return [];
    return [{ kind: "host-back", host: hostName(after, uuid) }];
  });
}

/** A restart of the toolstack, or the part of a boot in which a host answers ping already, takes no longer. */
const LONG_SILENCE_S = 60;

/** A condition per host that is not simply alive, for the log. */
export function reportHealth(
  memory: Memory,
  hosts: readonly HostUuid[],
  { view, settings }: Round,
): readonly Reason[] {
  return hosts.flatMap((uuid): readonly Reason[] => {
    const host = hostName(memory, uuid);
    const health = memory.health[uuid];
    switch (health?.state) {
      case "suspect":
        return [{ kind: "host-suspect", host }];
      case "failed":
        return [{ kind: "host-failed", host, mine: true }];
      case "xapi-down": {
        const silentMs = view.nowMs - (health.xapiSilentSinceMs ?? view.nowMs);
        const toleranceS = settings.XAPI_DOWN_TOLERANCE;
        const usualS = Math.max(LONG_SILENCE_S, settings.XAPI_COUNT * settings.XAPI_DELAY);
        const long = silentMs >= Math.min(usualS, toleranceS / 2) * 1_000;
        return [{ kind: "host-xapi-down", host, toleranceS, long }];
      }
      default:
        return [];
    }
  });
}
