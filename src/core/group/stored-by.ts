import type { HostUuid } from "../model/ids.ts";
import type { GroupState } from "./group.ts";
import { isHeardDirectly } from "./peer-state.ts";
import { compareRollIds } from "./roll.ts";

/** The hosts of the roll that have stored this very roll, as they say now, this one among them. */
export function storedBy({ hearing, voting }: GroupState, nowMs: number): readonly HostUuid[] {
  const { roll } = voting.stored;
  if (roll === null) return [];
  const hasIt = (host: HostUuid): boolean => {
    if (host === voting.self) return true;
    const peer = hearing.peers.get(host);
    const said = voting.said.get(host)?.words.roll ?? null;
    return peer !== undefined && isHeardDirectly(peer, nowMs) && compareRollIds(said, roll.id) === 0;
  };
  return roll.hosts.map(({ host }) => host).filter(hasIt);
}
