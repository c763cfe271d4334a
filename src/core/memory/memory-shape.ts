import { type AlertMemory, NO_ALERTS } from "../alerts/alert-policy.ts";
import type { Memory } from "./memory.ts";

type Check = (value: unknown) => boolean;

const isObject: Check = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isTextArray: Check = (value) => Array.isArray(value) && value.every((item) => typeof item === "string");
const recordOf =
  (check: Check): Check =>
  (value) =>
    isObject(value) && Object.values(value as object).every(check);
const shape = (fields: Readonly<Record<string, Check>>): Check => {
  const checks = Object.entries(fields);
  return (value) =>
    isObject(value) && checks.every(([key, check]) => check((value as Record<string, unknown>)[key]));
};
const nullOr =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const oneOf =
  (...allowed: readonly string[]): Check =>
  (value) =>
    typeof value === "string" && allowed.includes(value);
const isText: Check = (value) => typeof value === "string";
const isFlag: Check = (value) => typeof value === "boolean";
const isTime: Check = (value) => typeof value === "number" && Number.isFinite(value);

const isKnownHost = shape({
  uuid: isText,
  name: isText,
  address: isText,
  enabled: isFlag,
  agentStartTime: nullOr(isText),
  agentStartedAtMs: isTime,
  disabledSinceMs: nullOr(isTime),
  disabledByStart: isFlag,
});

const isFenceDevices = nullOr(shape({ method: isText, checkedAtMs: isTime, wrong: recordOf(isText) }));

const isAlert = shape({
  key: isText,
  from: isText,
  severity: oneOf("info", "warning", "error", "critical"),
  subject: isText,
  body: isText,
  advice: isText,
  target: shape({ kind: oneOf("pool", "host", "vm") }),
  lasting: isFlag,
  atMs: isTime,
  repeats: nullOr(shape({ count: isTime, sinceMs: isTime })),
});
const arrayOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

const isAlertMemory = shape({
  active: recordOf(isText),
  told: recordOf(shape({ atMs: isTime, heldBack: isTime })),
  queue: shape({ unmailed: arrayOf(isAlert), unposted: arrayOf(isAlert), mailedAtMs: arrayOf(isTime) }),
});

const isMemory = shape({
  version: (value) => value === 1,
  bootId: isText,
  lastGood: nullOr(
    shape({
      atMs: isTime,
      pool: isText,
      poolName: isText,
      master: isText,
      haFlag: oneOf("on", "off", "unset"),
      hosts: (value) => Array.isArray(value) && value.every(isKnownHost),
      members: isTextArray,
      ranking: isTextArray,
      parameters: isText,
    }),
  ),
  confirmed: isFlag,
  health: recordOf(
    shape({
      state: oneOf("alive", "xapi-down", "suspect", "failed"),
      sinceMs: isTime,
      failedRetries: isTime,
      lastRetryMs: isTime,
      xapiSilentSinceMs: nullOr(isTime),
      pings: isFlag,
    }),
  ),
  incidents: recordOf(
    shape({
      host: isText,
      openedAtMs: isTime,
      phase: oneOf("open", "fencing", "fenced", "declared", "answered"),
      proved: isFlag,
      fenceFailures: isTime,
    }),
  ),
  declaredBackAtMs: recordOf(isTime),
  promotion: nullOr(
    shape({
      oldMaster: nullOr(isText),
      sinceMs: isTime,
      phase: oneOf("called", "recovering"),
      calledAtMs: isTime,
      awaited: isTextArray,
      inMaintenance: isTextArray,
      startTimes: recordOf(nullOr(isText)),
      backAtMs: recordOf(isTime),
      // Absent in a memory of 3.0.0-alpha.1.
      settledAtMs: (value) => value === undefined || recordOf(isTime)(value),
    }),
  ),
  following: nullOr(isText),
  masterlessSinceMs: nullOr(isTime),
  promoted: nullOr(shape({ oldMaster: isText, epoch: isTime })),
  gathering: nullOr(shape({ wholeSinceMs: nullOr(isTime) })),
  isolation: nullOr(shape({ sinceMs: isTime, rebooted: isFlag, wellSinceMs: nullOr(isTime) })),
  restarts: recordOf(
    shape({
      startedAtMs: (value) => Array.isArray(value) && value.every(isTime),
      order: isTime,
      startDelayS: isTime,
    }),
  ),
  // Absent in a memory of 3.0.0-alpha.1.
  fenceDevices: (value) => value === undefined || isFenceDevices(value),
  retries: recordOf(shape({ failures: isTime, notBeforeMs: isTime })),
  // What was told decides nothing: one that cannot be used is none.
  alerts: isObject,
  toolstack: nullOr(shape({ silentSinceMs: isTime, restarted: isFlag })),
});

/**
 * The memory of an earlier pass as read from its file, or null when it is not one: a file of another version, cut off,
 * or edited by hand must not decide about a host's power. All or nothing: half a memory is none.
 */
export function parseMemory(value: unknown): Memory | null {
  if (!isMemory(value)) return null;
  const memory = value as Memory;
  const promotion = memory.promotion && {
    ...memory.promotion,
    settledAtMs: memory.promotion.settledAtMs ?? {},
  };
  return { ...memory, promotion, alerts: parseAlertMemory(memory.alerts) ?? NO_ALERTS };
}

/** What was told, as read from a file; null when it is something else. */
export function parseAlertMemory(value: unknown): AlertMemory | null {
  return isAlertMemory(value) ? (value as AlertMemory) : null;
}
