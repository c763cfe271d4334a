import { type Check, isFlag, isNumber, isText, listOf, objectOf } from "../core/memory/shape.ts";
import type { CoreSettings } from "../core/model/settings.ts";

const isOneOf =
  <T>(...values: readonly T[]): Check<T> =>
  (value): value is T =>
    (values as readonly unknown[]).includes(value);

/** What decisions read, and nothing else: no password is among it. The compiler compares the list with the type. */
const FIELDS: { readonly [Name in keyof CoreSettings]-?: Check<CoreSettings[Name]> } = {
  XAPI_COUNT: isNumber,
  XAPI_DELAY: isNumber,
  XAPI_DOWN_TOLERANCE: isNumber,
  FENCE_ENABLED: isFlag,
  FENCE_METHOD: isText,
  FENCE_ACTION: isOneOf("start", "stop", "reset"),
  FENCE_MIN_HOSTS: isNumber,
  FENCE_QUORUM_REQUIRED: isFlag,
  ANTI_AFFINITY_TAGS: listOf(isText),
  SPARE_HOSTS: listOf(isText),
  OP_MODE: isOneOf(1, 2),
  GLOBAL_VM_HA: isFlag,
  DISABLED_VAPPS: listOf(isText),
  XC_FIELD_NAME: isText,
  HOST_SELECT_METHOD: isOneOf(0, 1),
  RESTART_STOPPED: isFlag,
  RESTART_ON_GUEST_SHUTDOWN: isFlag,
  START_WAITS_FOR: isOneOf("nothing", "tools", "address"),
  START_WAITS_LIMIT: isNumber,
  MAIL_SCREEN_TIME: isNumber,
  MONITOR_DELAY: isNumber,
  PROMOTE_SLAVE: isFlag,
  SLAVE_HA: isFlag,
  SLAVE_VM_STAT: isFlag,
  FENCE_HA_ONFAIL: isFlag,
  FENCE_HOST_FORGET: isFlag,
  FENCE_REBOOT_LONE_HOST: isFlag,
  FENCE_USE_IP_HEURISTICS: isFlag,
};

/** Names of the parameters that decisions read. */
export const DECIDING: readonly string[] = Object.keys(FIELDS);

export const isCoreSettings: Check<CoreSettings> = objectOf<CoreSettings>(FIELDS);

/** Only what decisions read: everything else, passwords among it, stays out of the record. */
export function coreSettings(settings: CoreSettings): CoreSettings {
  const all: Readonly<Record<string, unknown>> = { ...settings };
  return Object.fromEntries(DECIDING.map((name) => [name, all[name]])) as unknown as CoreSettings;
}
