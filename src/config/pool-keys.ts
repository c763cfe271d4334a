import type { ParameterName } from "./params.ts";

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
