import { groupOf, hasMandate, namedIn } from "../group/may-act.ts";
import { saidOfItself } from "../members/heard.ts";
import type { HostUuid } from "../model/ids.ts";
import type { PoolView } from "../model/pool-view.ts";

type Sight = Pick<PoolView, "hearing">;

/**
 * The XAPI master as the group has agreed on it, where this host is part of the group now; null: that is not known. Whom the group has
 * named is the master, whether it can be seen from here or not, and whatever a pool.conf says (core/README.md, "Who is master?").
 */
export function namedByGroup(view: Sight): HostUuid | null {
  return namedIn(groupOf(view));
}

/** The same while HA is on for the group: what an administrator does while it is off is his. */
export function namedUnderHa(view: Sight): HostUuid | null {
  return groupOf(view)?.roll?.ha === true ? namedByGroup(view) : null;
}

/** Has the group named this host, and does it lead, so that it may act as the master? */
export function isNamedLeader(view: Pick<PoolView, "hearing" | "nowMs" | "self">): boolean {
  return hasMandate(view) && namedUnderHa(view) === view.self.uuid;
}

/** By its pool.conf, also while its xapi is away. */
export function saysItIsMaster(host: HostUuid, view: Sight): boolean {
  return saidOfItself(view.hearing, host)?.role === "master";
}

/** Does its xapi serve as master, by its own word? */
export function saysItServes(host: HostUuid, view: Sight): boolean {
  const own = saidOfItself(view.hearing, host);
  return own?.role === "master" && own.xapi === "serving";
}
