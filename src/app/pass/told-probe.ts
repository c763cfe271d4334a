import type { KnownHost } from "../../core/memory/last-good.ts";
import type { HeardPeer } from "../../core/model/hearing.ts";
import type { HostUuid } from "../../core/model/ids.ts";
import type { Follows, PeerProbe, Unknown } from "../../core/model/pool-view.ts";
import { hostWithAddress } from "../../core/model/reachable.ts";

/**
 * What a probe would find, by what a host that is heard directly says of itself: then nobody has to ask its XAPI, whose
 * answer proves less. null: it has to be asked, for it is not heard directly, or says that its XAPI is silent; then its
 * XAPI is given the same patience as ever.
 */
export function toldProbe(
  peer: HeardPeer | Unknown,
  addressOf: (host: HostUuid) => string | null,
): PeerProbe | null {
  if (peer === "unknown" || peer.heard !== "direct" || peer.own === null) return null;
  const { xapi } = peer.own;
  if (xapi === "silent" || xapi === "held") return null;
  return { icmp: "unknown", xapi: "answered", follows: toldFollows(peer.own, addressOf) };
}

/**
 * The same by the address that XAPI uses, as everything is compared with: a slave's pool.conf may name its master by any
 * of the master's addresses.
 */
export function byMainAddress(probe: PeerProbe, hosts: readonly KnownHost[]): PeerProbe {
  const { follows } = probe;
  if (follows.kind !== "slave-of") return probe;
  const master = hostWithAddress(hosts, follows.address);
  if (master === undefined || master.address === "") return probe;
  return { ...probe, follows: { kind: "slave-of", address: master.address } };
}

/** Whom it follows, by the address that this host knows its master by. */
function toldFollows(
  { role, master, xapi }: NonNullable<HeardPeer["own"]>,
  addressOf: (host: HostUuid) => string | null,
): Follows {
  if (xapi === "lost") return { kind: "lost" };
  // A master that starts may still find that another one has its place.
  if (role === "master") return { kind: xapi === "serving" ? "is-master" : "unknown" };
  const address = role === "slave" && master !== null ? addressOf(master) : null;
  return address === null ? { kind: "unknown" } : { kind: "slave-of", address };
}
