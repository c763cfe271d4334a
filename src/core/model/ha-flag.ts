import { DISARM_KEY } from "./disarm-words.ts";

/** `unset` is neither `true` nor `false`: an administrator has to say. */
export type HaFlag = "on" | "off" | "unset";

/** HA on/off of the pool, read from its custom field. Anything but `true` and `false` is unset. */
export function haFlagOf(otherConfig: Readonly<Record<string, string>>, fieldName: string): HaFlag {
  const value = otherConfig[customFieldKey(fieldName)];
  if (value === "true") return "on";
  return value === "false" ? "off" : "unset";
}

const CUSTOM_FIELD = "XenCenter.CustomFields.";

/** The key under which XenCenter shows a custom field of this name. */
export function customFieldKey(fieldName: string): string {
  return `${CUSTOM_FIELD}${fieldName}`;
}

/** Is this a key of `pool.other_config` by which people say what they want: a parameter, HA on/off, or a rest of it? */
export function isSetByPeople(key: string): boolean {
  return key.startsWith("HA_") || key.startsWith(CUSTOM_FIELD) || key === DISARM_KEY;
}
