import { type Alert, type AlertTarget, FUNCTION_NAMES, type FunctionName } from "../model/alert.ts";
import type { HostUuid, VmUuid } from "../model/ids.ts";
import {
  type Check,
  isBrandedText,
  isFlag,
  isNumber,
  isText,
  listOf,
  nullOr,
  objectOf,
  oneOf,
  recordOf,
} from "./shape.ts";

/** Alerts that are not out yet. */
export interface AlertQueue {
  readonly unmailed: readonly Alert[];
  /** For XAPI, which may be away. */
  readonly unposted: readonly Alert[];
  /** When the last mails were handed over. */
  readonly mailedAtMs: readonly number[];
}

export const EMPTY_QUEUE: AlertQueue = { unmailed: [], unposted: [], mailedAtMs: [] };

/** When an alert went out last, and how often it was held back since. */
export interface LastSent {
  readonly atMs: number;
  readonly heldBack: number;
}

/** What was already told: the conditions that hold, and when each alert went out last. */
export interface AlertMemory {
  readonly active: Readonly<Record<string, string>>;
  readonly lastSent: Readonly<Record<string, LastSent>>;
  readonly queue: AlertQueue;
}

export const NO_ALERTS: AlertMemory = { active: {}, lastSent: {}, queue: EMPTY_QUEUE };

const isFunctionName: Check<FunctionName> = (value): value is FunctionName =>
  (FUNCTION_NAMES as readonly unknown[]).includes(value);

const isPool = objectOf<Extract<AlertTarget, { kind: "pool" }>>({ kind: oneOf({ pool: true }) });
const isHost = objectOf<Extract<AlertTarget, { kind: "host" }>>({
  kind: oneOf({ host: true }),
  uuid: isBrandedText<HostUuid>,
});
const isVm = objectOf<Extract<AlertTarget, { kind: "vm" }>>({
  kind: oneOf({ vm: true }),
  uuid: isBrandedText<VmUuid>,
});

const isAlert: Check<Alert> = objectOf<Alert>({
  key: isText,
  from: isFunctionName,
  severity: oneOf({ info: true, warning: true, error: true, critical: true }),
  subject: isText,
  body: isText,
  advice: isText,
  target: (value): value is AlertTarget => isPool(value) || isHost(value) || isVm(value),
  lasting: isFlag,
  atMs: isNumber,
  repeats: nullOr(objectOf<NonNullable<Alert["repeats"]>>({ count: isNumber, sinceMs: isNumber })),
});

export const isAlertMemory: Check<AlertMemory> = objectOf<AlertMemory>({
  active: recordOf(isText),
  lastSent: recordOf(objectOf<LastSent>({ atMs: isNumber, heldBack: isNumber })),
  queue: objectOf<AlertQueue>({
    unmailed: listOf(isAlert),
    unposted: listOf(isAlert),
    mailedAtMs: listOf(isNumber),
  }),
});

/**
 * What was told in an earlier boot, in the times of this one. The time that the host was off counts as none, so an
 * alert is rather held back than told twice; conditions are logged anew.
 */
export function rebaseAlerts(memory: AlertMemory, lastSeenMs: number): AlertMemory {
  const { queue } = memory;
  const told = [...Object.values(memory.lastSent), ...queue.unmailed, ...queue.unposted];
  // A host that had lost sight of the pool told of it later: a mail of the future would hold the next ones back.
  const endMs = Math.max(lastSeenMs, 0, ...told.map(({ atMs }) => atMs), ...queue.mailedAtMs);
  const lastSent = Object.entries(memory.lastSent).map(([key, last]) => [
    key,
    { ...last, atMs: last.atMs - endMs },
  ]);
  return { active: {}, lastSent: Object.fromEntries(lastSent), queue: rebaseQueue(queue, endMs) };
}

/** The queue of an earlier boot, whose last moment was `endMs`, in the times of this one. */
function rebaseQueue(queue: AlertQueue, endMs: number): AlertQueue {
  const rebase = (alert: Alert): Alert => ({
    ...alert,
    atMs: alert.atMs - endMs,
    repeats: alert.repeats && { ...alert.repeats, sinceMs: alert.repeats.sinceMs - endMs },
  });
  return {
    unmailed: queue.unmailed.map(rebase),
    unposted: queue.unposted.map(rebase),
    mailedAtMs: queue.mailedAtMs.map((atMs) => atMs - endMs),
  };
}
