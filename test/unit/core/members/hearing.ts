import type { HeardPeer, Hearing, OwnState } from "../../../../src/core/model/hearing.ts";
import { host } from "../fixtures.ts";
import { leads } from "../sight.ts";

export const OWN: OwnState = {
  role: "slave",
  master: host(1),
  xapi: "serving",
  startComplete: true,
  enabled: true,
  haWished: true,
  leaving: false,
  changes: null,
  office: null,
};

/** A peer as the monitor of h1 hears it; by default directly, since the beginning. */
export function peer(number: number, over: Partial<HeardPeer> = {}): HeardPeer {
  const heard = over.heard ?? "direct";
  return {
    host: host(number),
    heard,
    sinceMs: 0,
    ageMs: heard === "silent" ? null : 100,
    by: heard === "reported" ? host(3) : null,
    ways: [],
    own: heard === "direct" ? OWN : null,
    hears: heard === "direct" ? [] : null,
    ...over,
  };
}

/** What the monitor of h1 publishes, which leads all hosts that it names. */
export function hearing(...peers: readonly HeardPeer[]): Hearing {
  const refused = { malformed: 0, otherPool: 0, wrongTag: 0, unknownHost: 0 };
  const group = leads(host(1), [host(1), ...peers.map((peer) => peer.host)]);
  return { self: host(1), bootId: "boot-1", atMs: 0, peers, group, refused, trouble: null };
}
