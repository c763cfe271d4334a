import { isAnyDisarmed } from "../group/disarmed.ts";
import { hostName, hostRows, rowOf } from "../members/host-rows.ts";
import type { FenceDevices } from "../memory/fence-devices.ts";
import type { Memory } from "../memory/memory.ts";
import { type MasterRound, nothing, type Step } from "../memory/step.ts";
import type { Action, Result } from "../model/action.ts";
import { hostUuid } from "../model/ids.ts";
import type { Reason } from "../model/reason.ts";
import { whenDue } from "../pace/back-off.ts";
import { fenceMethods, methodProves } from "./fence-policy.ts";

const DAY_MS = 86_400_000;
/** A device that did not answer is asked again sooner: somebody may be at work on it. */
const HOUR_MS = 3_600_000;
/** After a boot of the pool the devices have better to do, and so have we. */
const FIRST_UPTIME_MS = 300_000;

/**
 * Once a day the master asks the fence device of every host for its power state: a BMC that does not answer is an alert
 * before the night in which it is needed. Nothing is asked while a host is being recovered.
 */
export function watchFenceDevices(memory: Memory, round: MasterRound): Step {
  const { settings, view, database } = round;
  if (memory.promotion !== null) return nothing(memory);
  const method = settings.FENCE_METHOD;
  const hasDevices = fenceMethods(method).some(methodProves);
  if (!settings.FENCE_ENABLED || !hasDevices) return nothing({ ...memory, fenceDevices: null });
  const last = memory.fenceDevices?.method === method ? memory.fenceDevices : null;
  const reasons = Object.entries(last?.wrong ?? {}).map(
    ([uuid, why]): Reason => ({
      kind: "fence-device-wrong",
      host: hostName(memory, hostUuid(uuid)),
      why,
    }),
  );
  const known = { ...memory, fenceDevices: last };
  const isRecovering = Object.values(memory.incidents).some(({ phase }) => phase !== "returned");
  // Whoever works on a host may have switched off its device.
  if (isRecovering || isAnyDisarmed(view) || !isCheckDue(last, view.nowMs))
    return { memory: known, actions: [], reasons };
  const rows = hostRows(memory, view);
  const hosts = database.hosts.map(({ uuid }) => {
    const { isSelf, isAlive } = rowOf(rows, uuid);
    return { host: uuid, live: isSelf || isAlive };
  });
  const action: Action = { kind: "check-fence-devices", method, hosts };
  return { memory: known, actions: whenDue(action, round), reasons };
}

function isCheckDue(last: FenceDevices | null, nowMs: number): boolean {
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
