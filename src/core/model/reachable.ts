import type { HostUuid } from "./ids.ts";

/** What is known of where a host can be reached. */
export interface Reachable {
  /** The one that XAPI uses; `""`: none just now. */
  readonly address: string;
  /** Those of its other networks, as last read; null: not read this time. */
  readonly otherAddresses: readonly string[] | null;
}

/**
 * The host that has this address; of two, the one that XAPI reaches by it. pool.conf may name a master by any of its
 * addresses.
 */
export function hostWithAddress<T extends Reachable & { readonly uuid: HostUuid }>(
  hosts: readonly T[],
  address: string,
): T | undefined {
  if (address === "") return undefined;
  return (
    hosts.find((host) => host.address === address) ??
    hosts.find(({ otherAddresses }) => otherAddresses?.includes(address))
  );
}
