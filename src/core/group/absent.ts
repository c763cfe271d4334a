import type { HostUuid } from "../model/ids.ts";
import type { GroupState } from "./group.ts";

/** Hosts of the roll that are in the pool no more, and since when nothing has come from them, as uptime. */
export type Absent = ReadonlyMap<HostUuid, number>;

/** So long a host must have been silent that is not in the pool any more. */
const LEFT_MS = 60_000;

/** Who speaks is not absent, whatever the list of the pool says: the list may be older than a join. */
export function stepAbsent(
  { hearing, voting }: GroupState,
  before: Absent,
  { nowMs, greeters }: { readonly nowMs: number; readonly greeters: ReadonlySet<HostUuid> },
): Absent {
  const hosts = (voting.stored.roll?.hosts ?? []).map(({ host }) => host);
  const absent = hosts.filter(
    (host) => host !== voting.self && !hearing.peers.has(host) && !greeters.has(host),
  );
  return new Map(absent.map((host) => [host, before.get(host) ?? nowMs]));
}

export function hasLeft(absent: Absent, host: HostUuid, nowMs: number): boolean {
  const sinceMs = absent.get(host);
  return sinceMs !== undefined && nowMs - sinceMs >= LEFT_MS;
}
