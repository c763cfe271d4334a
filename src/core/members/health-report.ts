import { isDisarmed } from "../group/disarmed.ts";
import { incidentOf, type Memory } from "../memory/memory.ts";
import type { Round } from "../memory/step.ts";
import type { HostUuid } from "../model/ids.ts";
import type { DatabaseView, PoolView } from "../model/pool-view.ts";
import type { Reason } from "../model/reason.ts";
import { heardPeer } from "./heard.ts";
import { isAlive } from "./host-health.ts";
import { hostName } from "./host-rows.ts";
import { restOf } from "./rest.ts";

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
    const isFine = health === undefined || health.state === "alive";
    if (isFine && hasNoWay(uuid, memory, view)) return [{ kind: "host-without-address", host }];
    switch (health?.state) {
      case "suspect":
        return [{ kind: "host-suspect", host }];
      case "failed":
        return [{ kind: "host-failed", host, mine: !isDisarmed(view, uuid) }];
      case "alive": {
        const isSilent = isMonitorSilent(uuid, health.sinceMs, view);
        const rest = restOf(uuid, view.self.uuid, memory, view.nowMs);
        return [
          ...(isSilent ? [{ kind: "monitor-silent", host } as const] : []),
          ...(rest === null ? [] : [{ kind: "host-rests", host, of: rest } as const]),
        ];
      }
      case "xapi-down": {
        const peer = heardPeer(view.hearing, uuid);
        if (peer !== "unknown" && peer.heard === "reported") {
          const by = peer.by === null ? "another host" : hostName(memory, peer.by);
          return [
            { kind: "host-reported", host, by, long: view.nowMs - peer.sinceMs >= LONG_SILENCE_S * 1_000 },
          ];
        }
        const usualS = Math.max(LONG_SILENCE_S, settings.XAPI_COUNT * settings.XAPI_DELAY);
        if (peer !== "unknown" && peer.heard === "direct") {
          const long = view.nowMs - health.sinceMs >= usualS * 1_000;
          return [{ kind: "host-xapi-down", host, toleranceS: null, long }];
        }
        const silentMs = view.nowMs - (health.xapiSilentSinceMs ?? view.nowMs);
        const toleranceS = settings.XAPI_DOWN_TOLERANCE;
        const long = silentMs >= Math.min(usualS, toleranceS / 2) * 1_000;
        return [{ kind: "host-xapi-down", host, toleranceS, long }];
      }
      default:
        return [];
    }
  });
}

/** Whom XAPI has enabled though somebody works on it. */
export function reportWork({ hosts }: DatabaseView): readonly Reason[] {
  return hosts
    .filter(({ work }) => work?.kind === "enabled-by-start")
    .map(({ name }): Reason => ({ kind: "host-left-alone", host: name }));
}

/** A monitor that is updated or restarted is heard again within seconds, and one of a host that boots within a minute or two. */
const MONITOR_SILENT_MS = 180_000;

/** Does its XAPI answer while its monitor is silent? Then it takes no part in HA, and nobody would notice. */
function isMonitorSilent(
  uuid: HostUuid,
  aliveSinceMs: number,
  { hearing, probes, nowMs }: PoolView,
): boolean {
  const peer = heardPeer(hearing, uuid);
  if (peer === "unknown" || peer.heard !== "silent" || probes.get(uuid)?.xapi !== "answered") return false;
  return nowMs - Math.max(peer.sinceMs, aliveSinceMs) >= MONITOR_SILENT_MS;
}

/** Host.address is empty for a while when a management interface changes. Longer than that, somebody should look. */
const WITHOUT_ADDRESS_MS = 60_000;

/** Nobody can ask it, and it is not heard: whether it lives is not known. */
function hasNoWay(uuid: HostUuid, { lastGood }: Memory, { hearing, probes, nowMs }: PoolView): boolean {
  const peer = heardPeer(hearing, uuid);
  if (peer === "unknown" || peer.heard !== "silent" || probes.has(uuid)) return false;
  const known = lastGood?.hosts.find((host) => host.uuid === uuid);
  return known?.address === "" && nowMs - peer.sinceMs >= WITHOUT_ADDRESS_MS;
}
