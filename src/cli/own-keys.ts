import { findParameter, isUnusedParameter } from "../config/params.ts";
import { poolParameters } from "../config/pool-keys.ts";
import { resolvePool } from "../config/resolve.ts";
import { customFieldKey } from "../core/model/ha-flag.ts";
import { HOME_POOL_KEY, POOL_NOTE_KEYS, RAN_KEY } from "../core/model/pool-keys.ts";

type Texts = Readonly<Record<string, string>>;

/** Keys of `pool.other_config` by what they are. */
export interface PoolKeys {
  /** HA on/off, by every field name that is in use. */
  readonly flags: readonly string[];
  /** Parameters of this program and of HA-Lizard 2.x. */
  readonly parameters: readonly string[];
  /** Successors, and the counts of promotions and of what is on disk. */
  readonly notes: readonly string[];
  /** They begin with HA_ too, and are nobody's that is known here. */
  readonly foreign: readonly string[];
}

/** What in `pool.other_config` belongs to this program. `fields`: names of the custom field (`fieldNames`). */
export function findPoolKeys(otherConfig: Texts, fields: readonly string[]): PoolKeys {
  const named = [...poolParameters(otherConfig).keys()];
  const isOurs = (name: string) => findParameter(name) === name || isUnusedParameter(name);
  const present = (keys: readonly string[]) => keys.filter((key) => Object.hasOwn(otherConfig, key));
  return {
    flags: present(fields.map(customFieldKey)),
    parameters: named.filter(isOurs).map((name) => `HA_${name}`),
    notes: present(POOL_NOTE_KEYS),
    foreign: named.filter((name) => !isOurs(name)).map((name) => `HA_${name}`),
  };
}

/** In `host.other_config`: what 3.0.0-alpha.1 noted at the end of a xapi's start. */
export const START_MARK_KEY = "ha-lizard-start-complete";

/** What in the `other_config` of a host belongs to this program. */
export function findHostKeys(otherConfig: Texts, fields: readonly string[]): readonly string[] {
  return [...fields.map(customFieldKey), START_MARK_KEY].filter((key) => Object.hasOwn(otherConfig, key));
}

/** What in the `other_config` of a VM belongs to this program. */
export function findVmKeys(otherConfig: Texts, fields: readonly string[]): readonly string[] {
  return [...fields.map(customFieldKey), HOME_POOL_KEY, RAN_KEY].filter((key) =>
    Object.hasOwn(otherConfig, key),
  );
}

/** The custom field's names: the one in force on this host, and the pool's, when an override stands before that. */
export function fieldNames(effective: string, otherConfig: Texts, lastGood: Texts | null): readonly string[] {
  const { settings } = resolvePool(otherConfig, lastGood);
  return [...new Set([effective, settings.XC_FIELD_NAME])];
}
