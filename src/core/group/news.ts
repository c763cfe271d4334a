import type { OwnState } from "../model/hearing.ts";
import type { HostUuid } from "../model/ids.ts";
import { agreedAtMs } from "./agreed.ts";
import type { GroupState } from "./group.ts";
import type { AgreedHost } from "./own-state.ts";

/** What a host says of itself and others wait for: it is said, read and published at once and not with the next second. */
export interface OwnNews {
  readonly own: OwnState;
  readonly agreed: readonly AgreedHost[];
}

/** Has that changed? What is said first is no news: nobody waits for a monitor that starts. */
export function isNews(before: OwnNews | null, after: OwnNews): boolean {
  if (before === null) return false;
  return isOwnNews(before.own, after.own) || JSON.stringify(before.agreed) !== JSON.stringify(after.agreed);
}

/** The same of a host that is heard, after one of its messages. */
export function isHeardNews(before: GroupState, after: GroupState, host: HostUuid, nowMs: number): boolean {
  if (before.hearing === after.hearing) return false;
  const [was, is] = [before, after].map(({ hearing }) => hearing.peers.get(host)?.own ?? null);
  if (was != null && is != null && isOwnNews(was, is)) return true;
  const agreed = ({ voting, hearing }: GroupState) => agreedAtMs(voting, hearing.peers, nowMs);
  return agreed(before) !== agreed(after);
}

function isOwnNews(was: OwnState, is: OwnState): boolean {
  return was.role !== is.role || was.master !== is.master || was.xapi !== is.xapi || was.office !== is.office;
}
