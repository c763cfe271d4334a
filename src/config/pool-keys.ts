import { MASK } from "../core/model/plain-text.ts";
import { findParameter, type ParameterName, rowOf } from "./params.ts";

const PREFIX = "HA_";

/** The key of a parameter in `pool.other_config`, as HA-Lizard 2.x has it. */
export function poolKey(known: ParameterName): string {
  return `${PREFIX}${known}`;
}

/** All `HA_` keys of `pool.other_config` by the name behind the prefix. */
export function poolParameters(otherConfig: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(otherConfig)
      .filter(([key]) => key.startsWith(PREFIX))
      .map(([key, value]) => [key.slice(PREFIX.length), value]),
  );
}

/** The same map for a file that people may pass on: passwords are masked, also under names that are no parameter's. */
export function withoutSecrets(otherConfig: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(otherConfig).map(([key, value]) => [key, isSecret(key) && value !== "" ? MASK : value]),
  );
}

function isSecret(key: string): boolean {
  const known = key.startsWith(PREFIX) ? findParameter(key.slice(PREFIX.length)) : undefined;
  return (known !== undefined && rowOf(known).secret) || /pass|secret|token/i.test(key);
}
