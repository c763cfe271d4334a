import { describeFault } from "../describe-fault.ts";
import type { SayingsOf } from "../saying.ts";
import { cureByWord } from "./cure-by-word.ts";

/** What is said of what this host is, sees and remembers. */
export const THIS_HOST_WORDS: SayingsOf<
  | "role-unknown"
  | "xapi-silent"
  | "not-master-in-database"
  | "parameters-unknown"
  | "parameter-problem"
  | "state-damaged"
  | "state-not-saved"
  | "isolated"
  | "out-of-ha-after-reboot"
  | "toolstack-restarted"
  | "action-failed"
> = {
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
    text: `Cannot read the pool database: ${describeFault(fault)}. Continuing with the last known good state.`,
  }),
  "not-master-in-database": ({ master }) => ({
    from: "master_ip",
    severity: "warning",
    about: "",
    text: `pool.conf says master, the pool database names ${master}: nothing is done until they agree.`,
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
    text: `The state file of this host cannot be used: ${why}. It was moved aside; this host starts with an empty state.`,
    event: true,
    alert: true,
  }),
  "state-not-saved": ({ why, isForgetful }) => ({
    from: "check_xapi",
    severity: "critical",
    about: "",
    text: `Cannot write the state file: ${why}. This host does not take over and does not reboot itself until it can${isForgetful ? ", and lasting problems are reported in the log only" : ""}.`,
    alert: true,
  }),
  isolated: ({ reboots, tie, silent }) => ({
    from: "check_quorum",
    severity: "critical",
    about: "",
    text:
      tie === null
        ? `This host sees no other member and has no quorum: ${reboots ? "it reboots itself" : "nothing is done"}. Check its network.`
        : `This host sees no other member and has no quorum: ${tie}. ${reboots ? "It reboots itself" : "Nothing is done"}. Check its network.${cureByWord(silent)}`,
    alert: true,
  }),
  "out-of-ha-after-reboot": () => ({
    from: "check_quorum",
    severity: "warning",
    about: "",
    text: "This host rebooted itself because it was isolated: it stays out of HA until it has seen a healthy pool again.",
  }),
  "toolstack-restarted": () => ({
    from: "check_xapi",
    severity: "error",
    about: "",
    text: "The toolstack of this host was restarted: it had not answered for too long.",
    event: true,
    alert: true,
  }),
  "action-failed": ({ what, why }) => ({
    from: "xe_wrapper",
    severity: "warning",
    about: what,
    text: `Cannot ${what}: ${why}.`,
    event: true,
  }),
};
