import type { AlertSettings } from "../alerts/alert-policy.ts";
import type { FencePolicySettings } from "../fencing/fence-policy.ts";
import type { Memory } from "../memory/memory.ts";
import type { Action } from "../model/action.ts";
import { actionKey } from "../model/action.ts";
import type { HostUuid } from "../model/ids.ts";
import type { PoolView } from "../model/pool-view.ts";
import type { Reason } from "../model/reason.ts";
import { isDue } from "../pace/back-off.ts";
import type { RestartSettings } from "../restart/restart-plan.ts";
import type { HealthSettings } from "./host-health.ts";
import { type HostHealth, isAlive, stepHealth } from "./host-health.ts";
import type { QuorumTally } from "./quorum.ts";
import { tallyQuorum } from "./quorum.ts";

/** The settings that decisions read, by the names the manual gives them. */
export interface CoreSettings extends HealthSettings, FencePolicySettings, RestartSettings, AlertSettings {
  readonly MONITOR_DELAY: number;
  readonly PROMOTE_SLAVE: boolean;
  readonly SLAVE_HA: boolean;
  readonly SLAVE_VM_STAT: boolean;
  readonly FENCE_HA_ONFAIL: boolean;
  readonly FENCE_HOST_FORGET: boolean;
  readonly FENCE_REBOOT_LONE_HOST: boolean;
  readonly FENCE_USE_IP_HEURISTICS: boolean;
}

/** What one round comes to. */
export interface Decision {
  readonly memory: Memory;
  readonly actions: readonly Action[];
  readonly reasons: readonly Reason[];
}

/** What a decision is made from. `inFlight` are the keys of actions begun in this pass and not ended yet. */
export interface DecisionInput {
  readonly view: PoolView;
  readonly memory: Memory;
  readonly settings: CoreSettings;
  readonly inFlight: ReadonlySet<string>;
}

/** Is this action allowed to begin now: not in flight, not waiting after a failure? */
export function mayBegin(action: Action, input: DecisionInput): boolean {
  const key = actionKey(action);
  return !input.inFlight.has(key) && isDue(input.memory.retries[key], input.view.nowMs);
}

/** The health of every host that was probed in this round; the others keep theirs. */
export function stepAllHealth(input: DecisionInput): Readonly<Record<string, HostHealth>> {
  const health: Record<string, HostHealth> = { ...input.memory.health };
  for (const [uuid, probe] of input.view.probes) {
    const next = stepHealth(health[uuid], probe, input.view.nowMs, input.settings);
    if (next !== undefined) health[uuid] = next;
  }
  return health;
}

/** Hosts that were probed in this very round and are alive, and this host. An old probe has no vote. */
export function aliveNow(view: PoolView, health: Readonly<Record<string, HostHealth>>): readonly HostUuid[] {
  return [view.self.uuid, ...[...view.probes.keys()].filter((uuid) => isAlive(health[uuid]))];
}

/**
 * The vote of this round. Without a valid view there are no members, and so no quorum. A probe that learnt nothing makes
 * nobody dead, and gives nobody a vote either.
 */
export function tallyNow(view: PoolView, memory: Memory): QuorumTally {
  const members = memory.lastGood?.members ?? [];
  const alive = aliveNow(view, memory.health).filter(
    (uuid) => isHeard(uuid, view) && !followsAnother(uuid, view, memory),
  );
  return tallyQuorum({
    members,
    alive,
    heuristics: heuristicsFor(view, memory),
  });
}

function isHeard(uuid: HostUuid, view: PoolView): boolean {
  const probe = view.probes.get(uuid);
  return uuid === view.self.uuid || probe?.xapi === "answered" || probe?.icmp === "answered";
}

/** A member that follows another master, and not the one that this host replaces, has no vote for this one. */
function followsAnother(uuid: HostUuid, view: PoolView, memory: Memory): boolean {
  if (view.self.role.kind !== "master") return false;
  const own = memory.lastGood?.hosts.find((host) => host.uuid === view.self.uuid)?.address;
  const follows = view.probes.get(uuid)?.follows;
  if (follows?.kind !== "slave-of" || own === undefined || follows.address === own) return false;
  const replaced = memory.promotion?.oldMaster ?? memory.promoted?.oldMaster;
  return follows.address !== memory.lastGood?.hosts.find((host) => host.uuid === replaced)?.address;
}

/** The gateway's vote is not for who was away: both sides of a cut can reach it, and one of them is out of date. */
export function heuristicsFor(view: PoolView, memory: Memory): PoolView["heuristics"] {
  return memory.confirmed ? view.heuristics : "not-asked";
}

/** The name people know a host by; its uuid when nothing better is known. */
export function hostName(memory: Memory, uuid: HostUuid): string {
  return memory.lastGood?.hosts.find((host) => host.uuid === uuid)?.name ?? uuid;
}

/** Hosts that had failed and answer again without anything having been done about them: said, as their failure was. */
export function reportReturns(before: Memory, after: Memory, hosts: readonly HostUuid[]): readonly Reason[] {
  return hosts.flatMap((uuid): readonly Reason[] => {
    const back = before.health[uuid]?.state === "failed" && isAlive(after.health[uuid]);
    if (!back || before.incidents[uuid] !== undefined) return [];
    return [{ kind: "host-back", host: hostName(after, uuid) }];
  });
}

/** A restart of the toolstack, or the part of a boot in which a host answers ping already, takes no longer. */
const LONG_SILENCE_S = 60;

/** A condition per host that is not simply alive, for the log. */
export function reportHealth(
  memory: Memory,
  hosts: readonly HostUuid[],
  { view, settings }: DecisionInput,
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
