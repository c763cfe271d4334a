import { type DecisionInput, hostName, mayBegin } from "../members/decision.ts";
import { isAlive } from "../members/host-health.ts";
import type { Memory } from "../memory/memory.ts";
import type { Action, Result } from "../model/action.ts";
import { hostUuid } from "../model/ids.ts";
import type { DatabaseView } from "../model/pool-view.ts";
import type { Reason } from "../model/reason.ts";
import { fenceMethods } from "./fence-policy.ts";

/** The last look at the devices that cut the hosts' power. */
export interface FenceDevices {
  /** FENCE_METHOD at that time: another one is looked at anew. */
  readonly method: string;
  readonly checkedAtMs: number;
  /** What is wrong with the device of a host, by uuid; empty is good. */
  readonly wrong: Readonly<Record<string, string>>;
}

const DAY_MS = 86_400_000;
/** A device that did not answer is asked again sooner: somebody may be at work on it. */
const HOUR_MS = 3_600_000;
/** After a boot of the pool the devices have better to do, and so have we. */
const FIRST_UPTIME_MS = 300_000;

export interface DevicesStep {
  readonly memory: Memory;
  readonly actions: readonly Action[];
  readonly reasons: readonly Reason[];
}

/**
 * Once a day the master asks the fence device of every host for its power state: a BMC that does not answer is an alert
 * before the night in which it is needed. Nothing is asked while a host is being recovered.
 */
export function watchFenceDevices(memory: Memory, database: DatabaseView, input: DecisionInput): DevicesStep {
  const { settings, view } = input;
  const method = settings.FENCE_METHOD;
  const hasDevices = fenceMethods(method).some((one) => one !== "POOL");
  if (!settings.FENCE_ENABLED || !hasDevices)
    return { memory: { ...memory, fenceDevices: null }, actions: [], reasons: [] };
  const last = memory.fenceDevices?.method === method ? memory.fenceDevices : null;
  const reasons = Object.entries(last?.wrong ?? {}).map(
    ([uuid, why]): Reason => ({
      kind: "fence-device-wrong",
      host: hostName(memory, hostUuid(uuid)),
      why,
    }),
  );
  const known = { ...memory, fenceDevices: last };
  const busy = Object.keys(memory.incidents).length > 0;
  if (busy || !isDue(last, view.nowMs)) return { memory: known, actions: [], reasons };
  const hosts = database.hosts.map(({ uuid }) => ({
    host: uuid,
    live: uuid === view.self.uuid || isAlive(memory.health[uuid]),
  }));
  const action: Action = { kind: "check-fence-devices", method, hosts };
  return { memory: known, actions: mayBegin(action, input) ? [action] : [], reasons };
}

function isDue(last: FenceDevices | null, nowMs: number): boolean {
  if (last === null) return nowMs >= FIRST_UPTIME_MS;
  const everyMs = Object.keys(last.wrong).length > 0 ? HOUR_MS : DAY_MS;
  return nowMs - last.checkedAtMs >= everyMs;
}

/** What a look at the devices has found; one that answers again is told. */
export function absorbDevices(
  memory: Memory,
  method: string,
  result: Result,
  nowMs: number,
): { memory: Memory; reasons: readonly Reason[] } {
  if (result.kind !== "checked") return { memory, reasons: [] };
  const before = Object.keys(memory.fenceDevices?.wrong ?? {});
  const back = before.filter((uuid) => result.wrong[uuid] === undefined);
  return {
    memory: { ...memory, fenceDevices: { method, checkedAtMs: nowMs, wrong: result.wrong } },
    reasons: back.map((uuid) => ({ kind: "fence-device-back", host: hostName(memory, hostUuid(uuid)) })),
  };
}
