import type { Reachable } from "../model/reachable.ts";
import { MOST_WAYS } from "./limits.ts";

/** Every address of one host, the one that XAPI uses first, by all that is known of it. */
export function waysTo(known: readonly Reachable[]): readonly string[] {
  const addresses = [
    ...known.map(({ address }) => address),
    ...known.flatMap(({ otherAddresses }) => otherAddresses ?? []),
  ];
  return [...new Set(addresses)].filter((address) => address !== "").slice(0, MOST_WAYS);
}
