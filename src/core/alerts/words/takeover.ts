import type { PromotionRefusal } from "../../model/reason.ts";
import type { SayingsOf } from "../saying.ts";
import { cureByWord } from "./cure-by-word.ts";

const PROMOTION_REFUSALS: Record<PromotionRefusal, string> = {
  "promotion-disabled":
    "promotion is switched off (PROMOTE_SLAVE=0). A master that is permanently off is replaced by hand: run ha-cfg confirm-off for it, then xe pool-emergency-transition-to-master on the host that should be master",
  "flag-disputed":
    "HA was switched on or off before the master died, and not all hosts have read that, so it is not known which is wanted. Switch the master on; one that is permanently off is replaced by hand: run ha-cfg confirm-off for it, then xe pool-emergency-transition-to-master on the host that should be master",
  "led-by-another": "another host leads the pool",
  "too-early": "it waits, so that two hosts do not act at once",
  "in-maintenance": "this host is in maintenance",
  "disk-not-writable": "it cannot write its state to disk",
  "no-quorum": "this host has no quorum",
  "away-since-boot":
    "this host has not seen its master since it booted, and fewer than half of the members are with it. Switch another member on",
  "old-master-disarmed":
    "HA is disarmed for the master alone, and as long as that is down no host is fenced and no VM is started anywhere. To end that: ha-cfg arm on this host",
  "old-master-not-fenced": "the old master could not be fenced",
};

/** Where an administrator's word is the way out. */
const BY_WORD: readonly PromotionRefusal[] = ["no-quorum", "away-since-boot", "old-master-not-fenced"];

/** What is said of who is master, and who takes over. */
export const TAKEOVER_WORDS: SayingsOf<
  | "rival-master"
  | "follows-named"
  | "xapi-held"
  | "resigned"
  | "master-is-slave"
  | "taken-over"
  | "not-leading"
  | "nobody-leads"
  | "waits-for-members"
  | "not-promoted"
  | "promotion-under-way"
  | "stood-down"
  | "promoting"
  | "promoted"
  | "promotion-dropped"
> = {
  "rival-master": ({ host, address }) => ({
    from: "master_ip",
    severity: "critical",
    about: "",
    text: `This host is configured as master, but the pool has agreed on ${host}: it starts nothing and becomes a slave of that host${address === "" ? "" : ` (${address})`}. If this host is to be master, and ${host} is off: ha-cfg confirm-off ${host}.`,
    alert: true,
  }),
  "follows-named": ({ host, address }) => ({
    from: "promote_slave",
    severity: "info",
    about: "",
    text: `The hosts of the pool have agreed on ${host} (${address}) as master: this host follows it.`,
  }),
  "xapi-held": ({ master, isMasterHeard, minutes }) => ({
    from: "promote_slave",
    severity: "error",
    about: "",
    text: `XAPI of this host is held back from starting${minutes === 0 ? "" : `, for ${minutes} minutes now`}: it might end VMs that run here but that the pool database records on another host. ${whoReleases(master, isMasterHeard)} Do not start it by hand: the VMs of this host keep running without it.`,
    alert: true,
  }),
  resigned: () => ({
    from: "promote_slave",
    severity: "critical",
    about: "",
    text: "XAPI of this master serves no requests, not even after a restart: this host has given up being master, so that another host can replace it. Its VMs keep running.",
    alert: true,
  }),
  "master-is-slave": ({ host, address }) => ({
    from: "master_ip",
    severity: "critical",
    about: "",
    text: `This host follows ${host}, which is not a master but follows ${address}: the pool may have none. The host that the others have agreed on becomes master again; where they have agreed on none, run on the one that should be: xe pool-emergency-transition-to-master, then xe pool-recover-slaves.`,
    alert: true,
  }),
  "taken-over": ({ host, address }) => ({
    from: "promote_slave",
    severity: "info",
    about: "",
    text: `${host} is or follows a new master (${address}): this host does not act against the old master.`,
  }),
  "not-leading": ({ why }) => ({
    from: "check_quorum",
    severity: "error",
    about: "",
    text: `This master does not lead its pool: ${why}. No VM is started, and no host is fenced.`,
    alert: true,
  }),
  "nobody-leads": ({ why }) => ({
    from: "check_quorum",
    severity: "error",
    about: "",
    text: `As far as this host knows, no host leads this pool: ${why}. Until one does, nothing is started, fenced or replaced.`,
    alert: true,
  }),
  "waits-for-members": ({ hosts }) => ({
    from: "promote_slave",
    severity: "info",
    about: "",
    text: `These members have not reconnected yet: ${hosts.join(", ")}.`,
  }),
  "not-promoted": ({ master, why, silent, tie }) => ({
    from: "promote_slave",
    severity: "error",
    about: "",
    text: `The master has failed and this host does not take over: ${PROMOTION_REFUSALS[why]}${tie === null ? "" : `: ${tie}`}.${master !== null && BY_WORD.includes(why) ? cureByWord([master, ...silent]) : ""}`,
    ...(why === "led-by-another" || why === "too-early" ? {} : { alert: true as const }),
  }),
  "promotion-under-way": ({ phase }) => ({
    from: "promote_slave",
    severity: "info",
    about: "",
    text: `This host is becoming master: ${phase}.`,
  }),
  "stood-down": ({ address }) => ({
    from: "master_ip",
    severity: "critical",
    about: "",
    text: `This host becomes a slave of ${address}. Its xapi starts again when the pool database of the new master agrees with what runs here.`,
    event: true,
    alert: true,
  }),
  promoting: ({ oldMaster }) => ({
    from: "promote_slave",
    severity: "critical",
    about: "",
    text:
      oldMaster === null
        ? "No host of this pool is master, and the hosts have agreed on this one: it becomes master again."
        : `This host takes over as master from ${oldMaster}.`,
    event: true,
    alert: true,
  }),
  promoted: ({ oldMaster }) => ({
    from: "promote_slave",
    severity: "warning",
    about: "",
    text: `Promotion complete: this host is pool master, and all surviving members have reconnected.${oldMaster === null ? "" : ` The take-over from ${oldMaster} is complete.`}`,
    event: true,
    alert: true,
  }),
  "promotion-dropped": () => ({
    from: "promote_slave",
    severity: "warning",
    about: "",
    text: "The master answers again: this host stays a slave, its take-over is cancelled.",
    event: true,
    alert: true,
  }),
};

function whoReleases(master: string | null, isMasterHeard: boolean): string {
  if (master === null) return "It starts as soon as a host leads the pool and has corrected its database.";
  const waits = `It starts as soon as ${master} has corrected its database.`;
  return isMasterHeard
    ? waits
    : `${waits} The monitor of ${master} is silent: service ha-lizard start -w there.`;
}
