import type { HostUuid } from "../model/ids.ts";
import { isOnRoll } from "./roll.ts";
import { isJointMajority } from "./stored.ts";
import type { Voting } from "./voting.ts";

/**
 * Is something carried by these hosts? By a majority; or by every host of the roll, of the one before too, that is not known
 * to be off: then nobody is left who could be part of another majority. That is how the half of a pool that does not hold the
 * double vote goes on, once it has had the other half switched off.
 */
export function isCarried(
  { stored, off, self, held }: Pick<Voting, "stored" | "off" | "self" | "held">,
  has: (host: HostUuid) => boolean,
): boolean {
  return isJointMajority(stored, has, { self, held }) || isCarriedByAll({ stored, off }, has);
}

/** By every host that lives, as far as this one knows. */
export function isCarriedByAll(
  { stored: { roll, before }, off }: Pick<Voting, "stored" | "off">,
  has: (host: HostUuid) => boolean,
): boolean {
  if (roll === null || off.size === 0) return false;
  const hosts = [...roll.hosts, ...(before?.hosts ?? [])];
  return hosts.some(({ host }) => has(host)) && hosts.every(({ host }) => has(host) || off.has(host));
}

/** Does this host count, by the roll or by the one before, which counts until the newer one is settled? */
export function counts({ self, stored: { roll, before } }: Pick<Voting, "self" | "stored">): boolean {
  return roll !== null && (isOnRoll(roll, self) || (before !== null && isOnRoll(before, self)));
}
