import type { PeerProbe } from "../model/pool-view.ts";

/** Has this peer said that it follows the master at `address`? Silence, and an unknown address, are no. */
export function isSlaveOf(probe: PeerProbe | undefined, address: string | undefined): boolean {
  const follows = probe?.follows;
  return follows?.kind === "slave-of" && follows.address === address;
}
