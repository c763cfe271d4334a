import type { HeardPeer, Hearing, OwnState } from "../model/hearing.ts";
import type { HostUuid } from "../model/ids.ts";
import type { Unknown } from "../model/pool-view.ts";

/** How a host is heard; unknown: this host's monitor has published nothing that says it, which is not silence. */
export type Heard = HeardPeer["heard"] | Unknown;

/** What the monitors know of a host; unknown when they say nothing of it. */
export function heardPeer(hearing: Hearing | Unknown, host: HostUuid): HeardPeer | Unknown {
  if (hearing === "unknown") return "unknown";
  return hearing.peers.find((peer) => peer.host === host) ?? "unknown";
}

/** What a host says of itself now, heard directly; null: nothing. */
export function saidOfItself(hearing: Hearing | Unknown, host: HostUuid): OwnState | null {
  const peer = heardPeer(hearing, host);
  return peer === "unknown" ? null : peer.own;
}

/** How a host is heard now. */
export function heardOf(hearing: Hearing | Unknown, host: HostUuid): Heard {
  const peer = heardPeer(hearing, host);
  return peer === "unknown" ? "unknown" : peer.heard;
}

/** A host that is heard lives, directly or by report (core/README.md, "Is a peer alive?"). */
export function isHeardNow(heard: Heard): boolean {
  return heard === "direct" || heard === "reported";
}

/** Hosts that say themselves, directly, that their xapi is kept from starting. */
export function heldHosts(hearing: Hearing | Unknown): readonly HostUuid[] {
  return hearing === "unknown" ? [] : hearing.peers.filter(saysHeld).map(({ host }) => host);
}

function saysHeld({ heard, own }: HeardPeer): boolean {
  return heard === "direct" && own?.xapi === "held";
}
