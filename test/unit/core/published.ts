import type { HeardPeer, Hearing } from "../../../src/core/model/hearing.ts";
import type { HostUuid } from "../../../src/core/model/ids.ts";
import type { LocalView, PoolView } from "../../../src/core/model/pool-view.ts";
import { leads, type SightOver } from "./sight.ts";

/** Hosts are named h1, h2 …. */
export const addressOf = (uuid: HostUuid): string => `10.0.0.${uuid.slice(1)}`;

/** What is given of what this host's monitor says. */
interface Said {
  readonly hearing?: PoolView["hearing"] | undefined;
  readonly group?: SightOver | undefined;
}

function published(
  self: LocalView,
  nowMs: number,
  peers: readonly HeardPeer[],
  group: Hearing["group"],
): Hearing {
  const refused = { malformed: 0, otherPool: 0, wrongTag: 0, unknownHost: 0 };
  return { self: self.uuid, bootId: self.bootId, atMs: nowMs, peers, group, refused, trouble: null };
}

/**
 * What the monitor of this host says by default: it leads a settled roll of all hosts that it knows, which names the master that
 * its own xapi has. It tells nothing of whom it hears, so that probes alone say who lives.
 */
export function hearingOf(
  { self, nowMs, hearing, group }: Pick<PoolView, "self" | "nowMs"> & Said,
  hosts: readonly { readonly uuid: HostUuid }[],
): PoolView["hearing"] {
  if (hearing === "unknown") return hearing;
  const { role } = self;
  const named =
    role.kind === "slave" ? hosts.find(({ uuid }) => addressOf(uuid) === role.masterAddress) : null;
  const onRoll = new Set([self.uuid, ...hosts.map(({ uuid }) => uuid)]);
  const roll = group?.roll === null ? null : { master: named?.uuid ?? self.uuid, ...group?.roll };
  return published(
    self,
    nowMs,
    hearing?.peers ?? [],
    leads(self.uuid, [...onRoll].sort(), { ...group, roll }),
  );
}
