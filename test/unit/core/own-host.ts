import type { HeardPeer, Hearing } from "../../../src/core/model/hearing.ts";
import type { HostUuid } from "../../../src/core/model/ids.ts";
import type { LocalView, Role } from "../../../src/core/model/pool-view.ts";

/** What the monitor of this host publishes when nothing is wrong with what it hears. */
export function published(
  self: LocalView,
  nowMs: number,
  peers: readonly HeardPeer[],
  group: Hearing["group"],
): Hearing {
  const refused = { malformed: 0, otherPool: 0, wrongTag: 0, unknownHost: 0 };
  return { self: self.uuid, bootId: self.bootId, atMs: nowMs, peers, group, refused, trouble: null };
}

/** What a host that is well sees of itself. */
export function localView(uuid: HostUuid, role: Role): LocalView {
  return {
    uuid,
    role,
    bootId: "boot-1",
    initCompleteAtMs: 0,
    domains: [],
    xapiAnswers: true,
    heldSinceMs: null,
    blockedRoutes: [],
  };
}
