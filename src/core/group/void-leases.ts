import { type DisarmWatch, isResting } from "./disarm.ts";
import { type HostBoot, isSameBoot, isVoided, type LeaseWatch } from "./lease-watch.ts";
import type { Roll } from "./roll.ts";
import type { Voting } from "./voting.ts";

/**
 * XAPI's own HA destroys the slots of a host when it starts there, and it starts on all hosts of a pool. So what the roll shows then proves nothing:
 * not while that HA is on, and not after it, until the roll has shown the host without a lease. `isTaken`: it has the watchdog of this host.
 */
export function withVoided(last: LeaseWatch, { self, stored }: Voting, isTaken: boolean): LeaseWatch {
  if (!isTaken && last.voided.length === 0) return last.isTaken === isTaken ? last : { ...last, isTaken };
  const leased = [stored.roll, stored.before].flatMap(leasedBoots).filter(({ host }) => host !== self);
  const shown = leased.filter((one, index) => leased.findIndex((other) => isSameBoot(one, other)) === index);
  const voided = isTaken ? shown : shown.filter((one) => isVoided(last, one));
  const over = last.over.filter((one) => !voided.some((boot) => isSameBoot(boot, one)));
  return { ...last, isTaken, voided, over };
}

/**
 * A lease that is over while HA rests for its host, as when that was cut off before it had the roll: it was reset then, and has long booted when
 * HA may act on that. A master that is cut off may run VMs again by then.
 */
export function withVoidedAtRest(watch: LeaseWatch, disarm: DisarmWatch, nowMs: number): LeaseWatch {
  const rests = ({ host }: HostBoot) => isResting(disarm, host, nowMs);
  const ended = watch.over.filter(rests);
  if (ended.length === 0) return watch;
  const boots = ended.map(({ host, bootId }) => ({ host, bootId }));
  const news = boots.filter((boot) => !isVoided(watch, boot));
  return { ...watch, voided: [...watch.voided, ...news], over: watch.over.filter((one) => !rests(one)) };
}

function leasedBoots(roll: Roll | null): readonly HostBoot[] {
  return (roll?.hosts ?? []).flatMap(({ host, bootId, leaseMs }) =>
    bootId === null || leaseMs === null ? [] : [{ host, bootId }],
  );
}
