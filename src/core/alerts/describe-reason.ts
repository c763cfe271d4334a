import type { Notice } from "../model/alert.ts";
import type { XapiFault } from "../model/pool-view.ts";
import type { PromotionRefusal, Reason } from "../model/reason.ts";
import { adviceOn } from "./advice.ts";
import { FENCE_SAYINGS } from "./describe-fencing.ts";
import type { SayingsOf } from "./saying.ts";

/** A reason in the words of the log and the mail. */
export function describeReason(reason: Reason): Notice {
  const saying = SAYINGS[reason.kind](reason as never);
  return {
    key: saying.about === "" ? reason.kind : `${reason.kind}:${saying.about}`,
    from: saying.from,
    severity: saying.severity,
    subject: saying.text.split(/[:.](?= |$)/, 1)[0] ?? reason.kind,
    body: saying.text,
    advice: saying.alert === true ? adviceOn(reason.kind) : "",
    lasting: saying.event !== true,
    alert: saying.alert === true,
  };
}

/** A fault of XAPI in words. */
export function describeFault(fault: XapiFault): string {
  switch (fault.kind) {
    case "timeout":
      return "no answer in time";
    case "unreachable":
      return `not reachable (${fault.detail})`;
    case "malformed":
      return `an answer that is not understood (${fault.detail})`;
    case "api":
      return [fault.code, ...fault.params].join(" ").trim();
  }
}

const PROMOTION_REFUSALS: Record<PromotionRefusal, string> = {
  "no-view": "this host has never seen the pool healthy, so it does not know who belongs to it",
  "promotion-disabled": "promotion is switched off (PROMOTE_SLAVE=0)",
  "not-the-successor": "another host is the successor",
  "waits-its-turn": "it waits its turn, so that two hosts do not act at once",
  "in-maintenance": "this host is in maintenance",
  "no-quorum": "this host has no quorum",
  "away-since-boot":
    "this host has not seen its master since it booted, and fewer than half of the members are with it; switch another member on",
  "old-master-not-fenced": "the old master could not be fenced",
};

const SAYINGS: SayingsOf<Reason["kind"]> = {
  ...FENCE_SAYINGS,
  "role-unknown": ({ why }) => ({
    from: "master_ip",
    severity: "error",
    about: "",
    text: `Cannot tell the role of this host: ${why}. Nothing is done until /etc/xensource/pool.conf can be read.`,
    alert: true,
  }),
  "xapi-silent": ({ fault }) => ({
    from: "check_xapi",
    severity: "warning",
    about: "",
    text: `Cannot read the pool database: ${describeFault(fault)}. The last good view stays in force.`,
  }),
  "not-master-in-database": ({ master }) => ({
    from: "master_ip",
    severity: "warning",
    about: "",
    text: `pool.conf says master, the pool database names ${master}: nothing is done until they agree.`,
  }),
  "xapi-ha-enabled": () => ({
    from: "check_ha_enabled",
    severity: "critical",
    about: "",
    text: "XenServer HA is enabled: HA-Lizard switches itself off, because two HA systems would fight. Disable one of them.",
    alert: true,
  }),
  "parameters-unknown": ({ starting }) => ({
    from: "check_xapi",
    severity: starting ? "info" : "error",
    about: "",
    text: starting
      ? "There is no last good copy of the parameters, and XAPI is starting: nothing is done until the pool database can be read."
      : "Neither the pool database nor the last good copy of the parameters can be read: nothing is done until one can.",
    alert: !starting,
  }),
  "parameter-problem": ({ problem }) => ({
    from: "xe_wrapper",
    severity: "warning",
    about: problem,
    text: problem,
  }),
  "state-damaged": ({ why }) => ({
    from: "check_xapi",
    severity: "error",
    about: "",
    text: `The state file of this host cannot be used: ${why}. It was put aside; this host starts with an empty memory.`,
    event: true,
    alert: true,
  }),
  "state-not-saved": ({ why }) => ({
    from: "check_xapi",
    severity: "critical",
    about: "",
    text: `Cannot write the state file: ${why}. This host does not take over and does not reboot itself until it can, and what lasts is told in the log only.`,
    alert: true,
  }),
  "ha-off": () => ({
    from: "check_ha_enabled",
    severity: "info",
    about: "",
    text: "HA is switched off: watching only.",
  }),
  "ha-unset": ({ field }) => ({
    from: "check_ha_enabled",
    severity: "error",
    about: "",
    text: `HA is neither on nor off: the pool's custom field ${field} is not true or false. Nothing is done; run: ha-cfg ha-enable.`,
    alert: true,
  }),
  "rival-master": ({ host, address }) => ({
    from: "master_ip",
    severity: "critical",
    about: "",
    text: `${host} follows or is another master (${address}): this host stands down, starts nothing and fences nobody. If this host should be master, run on it: xe pool-recover-slaves.`,
    alert: true,
  }),
  "master-is-slave": ({ host, address }) => ({
    from: "master_ip",
    severity: "critical",
    about: "",
    text: `This host follows ${host}, which is no master but follows ${address}: the pool may have none. If all hosts say so for a minute and more, one of them becomes master; else run on the one that should be: xe pool-emergency-transition-to-master, then xe pool-recover-slaves.`,
    alert: true,
  }),
  "taken-over": ({ host, address }) => ({
    from: "promote_slave",
    severity: "info",
    about: "",
    text: `${host} is or follows a new master (${address}): this host waits to be called by it.`,
  }),
  "too-few-followers": ({ followers, members }) => ({
    from: "check_quorum",
    severity: "warning",
    about: "",
    text: `Only ${followers} other of ${members} members follow this master: no VM is started, another host may have been promoted.`,
  }),
  "waits-for-members": ({ hosts }) => ({
    from: "promote_slave",
    severity: "info",
    about: "",
    text: `No VM is started until these members have come back or are fenced: ${hosts.join(", ")}.`,
  }),
  "hosts-lost": ({ hosts }) => ({
    from: "check_slave_status",
    severity: "warning",
    about: "",
    text: `${hosts.join(", ")} in emergency mode, looking for another master: called to follow this one.`,
    alert: true,
  }),
  "host-suspect": ({ host }) => ({
    from: "check_slave_status",
    severity: "warning",
    about: host,
    text: `${host} does not answer: retrying.`,
  }),
  "host-xapi-down": ({ host, toleranceS, long }) => ({
    from: "check_xapi",
    severity: long ? "warning" : "info",
    about: host,
    text: long
      ? `${host} answers ping but not XAPI: it counts as alive for ${toleranceS} s. Check its toolstack.`
      : `${host} answers ping and not XAPI: it may be starting.`,
    alert: long,
  }),
  "host-failed": ({ host, mine }) => ({
    from: "check_slave_status",
    severity: "error",
    about: host,
    text: `${host} has failed: it answered none of the retries.`,
    alert: mine,
  }),
  "master-lost": ({ host }) => ({
    from: "check_slave_status",
    severity: "error",
    about: host,
    text: `${host} does not answer this host, and nobody has taken over. Check the network of this host, and the successor.`,
    alert: true,
  }),
  isolated: ({ reboots }) => ({
    from: "check_quorum",
    severity: "critical",
    about: "",
    text: `This host sees no other member and has no quorum: ${reboots ? "it reboots itself" : "nothing is done"}. Check its network.`,
    alert: true,
  }),
  "out-of-ha-after-reboot": () => ({
    from: "check_quorum",
    severity: "warning",
    about: "",
    text: "This host rebooted itself when it was alone: it stays out of HA until it has seen a healthy pool again.",
  }),
  "no-successor": () => ({
    from: "autoselect_slave",
    severity: "warning",
    about: "",
    text: "No slave can replace this master now: none is enabled, live and answering.",
    alert: true,
  }),
  "not-promoted": ({ why }) => ({
    from: "promote_slave",
    severity: "error",
    about: "",
    text: `The master has failed and this host does not take over: ${PROMOTION_REFUSALS[why]}.`,
    ...(why === "not-the-successor" || why === "waits-its-turn" ? {} : { alert: true as const }),
  }),
  "promotion-under-way": ({ phase }) => ({
    from: "promote_slave",
    severity: "info",
    about: "",
    text: `This host is becoming master: ${phase}.`,
  }),
  "vm-not-started": ({ vm, why }) => ({
    from: "vm_state_check",
    severity: "info",
    about: vm,
    text: `${vm} is halted and is not started: ${why}.`,
  }),
  "vm-started": ({ vm, uuid }) => ({
    from: "vm_mon",
    severity: "info",
    about: uuid ?? vm,
    text: `${vm} was halted and has been started.`,
    event: true,
    alert: true,
  }),
  "vm-start-failed": ({ vm, uuid, why }) => ({
    from: "vm_mon",
    severity: "error",
    about: uuid ?? vm,
    text: `${vm} cannot be started: ${why}. It is tried again later.`,
    event: true,
    alert: true,
  }),
  "xapi-restarted": ({ host }) => ({
    from: "promote_slave",
    severity: "warning",
    about: host,
    text: `XAPI of ${host} is restarted: only then does it say which VMs it runs.`,
    event: true,
  }),
  "host-declared-dead": ({ host }) => ({
    from: "check_slave_status",
    severity: "warning",
    about: host,
    text: `${host} was declared dead: its VMs can be started elsewhere.`,
    event: true,
  }),
  "host-answers-xapi": ({ host }) => ({
    from: "check_slave_status",
    severity: "critical",
    about: host,
    text: `XAPI still reaches ${host}, which does not answer this host: its VMs are left alone. Check the network between them.`,
    event: true,
    alert: true,
  }),
  "host-back": ({ host }) => ({
    from: "check_slave_status",
    severity: "info",
    about: host,
    text: `${host} is back.`,
    event: true,
    alert: true,
  }),
  "stood-down": ({ address }) => ({
    from: "master_ip",
    severity: "critical",
    about: "",
    text: `This host was away and other members follow ${address}: it becomes a slave of that host.`,
    event: true,
    alert: true,
  }),
  "host-forgotten": ({ host }) => ({
    from: "check_slave_status",
    severity: "critical",
    about: host,
    text: `${host} was removed from the pool for good (FENCE_HOST_FORGET=1, deprecated): it has to be installed anew.`,
    event: true,
    alert: true,
  }),
  "host-enabled": ({ host }) => ({
    from: "check_slave_status",
    severity: "warning",
    about: host,
    text: `${host} was enabled again: it had come back while it was being declared dead, which disabled it.`,
    event: true,
    alert: true,
  }),
  promoting: ({ oldMaster }) => ({
    from: "promote_slave",
    severity: "critical",
    about: "",
    text:
      oldMaster === null
        ? "No host of this pool is master, and all of them say so: this host becomes it."
        : `This host takes over as master from ${oldMaster}.`,
    event: true,
    alert: true,
  }),
  promoted: ({ oldMaster }) => ({
    from: "promote_slave",
    severity: "warning",
    about: "",
    text: `This host is master now, all living members follow it${oldMaster === null ? "" : `, ${oldMaster} is dealt with`}.`,
    event: true,
    alert: true,
  }),
  "promotion-dropped": () => ({
    from: "promote_slave",
    severity: "warning",
    about: "",
    text: "The master answers again: this host stays a slave, its take-over is dropped.",
    event: true,
    alert: true,
  }),
  "leftover-destroyed": ({ vm }) => ({
    from: "get_vms_on_host_local",
    severity: "critical",
    about: vm,
    text: `The domain of VM ${vm} was destroyed here: the VM runs on another host since a failover.`,
    event: true,
    alert: true,
  }),
  "toolstack-restarted": () => ({
    from: "check_xapi",
    severity: "error",
    about: "",
    text: "The toolstack of this host was restarted: it had not answered for too long.",
    event: true,
    alert: true,
  }),
  "ha-switched-off": () => ({
    from: "check_ha_enabled",
    severity: "critical",
    about: "",
    text: "HA-Lizard was switched off for this pool.",
    event: true,
    alert: true,
  }),
  "successor-chosen": ({ host }) => ({
    from: "autoselect_slave",
    severity: "info",
    about: "",
    text: `${host} is the successor of this master.`,
  }),
  "action-failed": ({ what, why }) => ({
    from: "xe_wrapper",
    severity: "warning",
    about: what,
    text: `Cannot ${what}: ${why}.`,
    event: true,
  }),
};
