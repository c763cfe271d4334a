import type { GroupSight } from "../model/group-sight.ts";
import type { HeardPeer, OwnState } from "../model/hearing.ts";
import type { HostUuid } from "../model/ids.ts";
import { namedIn } from "./may-act.ts";

/**
 * What an iteration of this host has to see to now, by what the monitors say to each other: an own xapi that does not follow the master
 * whom the group has named, one whose hold may end, and on that master an office that its database lacks, and the xapis of others that are held. A text that changes when that
 * is something else, so that an iteration is woken once for it; null: nothing.
 */
export function ownMatter(
  self: HostUuid,
  own: OwnState,
  group: GroupSight,
  peers: readonly HeardPeer[],
): string | null {
  const { roll } = group;
  const named = namedIn(group);
  if (roll === null || named === null) return null;
  if (!roll.ha) return own.xapi === "held" ? "HA is off" : null;
  if (named === self) {
    if (own.role !== "master") return "this host is named";
    if (own.office !== roll.office) return `office ${roll.office}`;
    const held = peers.filter((peer) => peer.own?.xapi === "held").map(({ host }) => host);
    return held.length === 0 ? null : `held: ${held.join(" ")}`;
  }
  const isToFollow = own.role === "master" || own.master !== named;
  const isThere = peers.some(({ host, own: said }) => host === named && said?.role === "master");
  if (isToFollow && (isThere || own.role === "master")) return `follow ${named}`;
  return own.xapi === "held" && group.agreedAtMs !== null ? `agreed at ${group.agreedAtMs}` : null;
}
