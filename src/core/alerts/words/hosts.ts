import type { SayingsOf } from "../saying.ts";

/** What is said of the health and the return of other hosts. */
export const HOSTS_WORDS: SayingsOf<
  | "host-suspect"
  | "host-xapi-down"
  | "host-reported"
  | "monitor-silent"
  | "host-without-address"
  | "host-failed"
  | "host-left-alone"
  | "master-lost"
  | "xapi-restarted"
  | "host-declared-dead"
  | "host-answers-xapi"
  | "host-back"
  | "host-forgotten"
  | "host-enabled"
> = {
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
    text: xapiDownText(host, toleranceS, long),
    alert: long,
  }),
  "host-reported": ({ host, by, long }) => ({
    from: "check_slave_status",
    severity: long ? "warning" : "info",
    about: host,
    text: `${host} does not answer this host, but ${by} hears it: it lives. Check the network between ${host} and this host.`,
    alert: long,
  }),
  "monitor-silent": ({ host }) => ({
    from: "check_slave_status",
    severity: "warning",
    about: host,
    text: `XAPI of ${host} answers, but its monitor is not heard: it takes no part in HA. Check the service ha-lizard there, and that the UDP port of HEARTBEAT_PORT is open between the hosts.`,
    alert: true,
  }),
  "host-without-address": ({ host }) => ({
    from: "check_slave_status",
    severity: "warning",
    about: host,
    text: `${host} has no address in the pool database, and its monitor is not heard: nobody can tell whether it lives, and it is not fenced. Check its management interface: xe host-management-reconfigure there.`,
    alert: true,
  }),
  "host-failed": ({ host, mine }) => ({
    from: "check_slave_status",
    severity: "error",
    about: host,
    text: `${host} is down: no response to any of the retries.`,
    alert: mine,
  }),
  "host-left-alone": ({ host }) => ({
    from: "check_slave_status",
    severity: "info",
    about: host,
    text: `${host} was disabled by hand, and XAPI has enabled it with its start: it counts as in maintenance until a VM is moved or started there by hand, for half an hour at the most. Sooner: xe host-disable, and a minute later xe host-enable. Longer: ha-cfg disarm --host ${host}.`,
  }),
  "master-lost": ({ host }) => ({
    from: "check_slave_status",
    severity: "error",
    about: host,
    text: `${host} does not answer this host, and no host has taken over. Check the network of this host, and the successor.`,
    alert: true,
  }),
  "xapi-restarted": ({ host }) => ({
    from: "promote_slave",
    severity: "warning",
    about: host,
    text: `XAPI of ${host} is restarted: then it compares the VMs that it runs with the pool database.`,
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
  "host-forgotten": ({ host }) => ({
    from: "check_slave_status",
    severity: "critical",
    about: host,
    text: `${host} was removed from the pool permanently (FENCE_HOST_FORGET=1, deprecated): it must be reinstalled.`,
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
};

function xapiDownText(host: string, toleranceS: number | null, long: boolean): string {
  if (toleranceS === null)
    return `XAPI of ${host} does not answer, its monitor does: ${long ? "it lives, and no VM is started there. Check its toolstack" : "it may be starting"}.`;
  return long
    ? `${host} answers ping but not XAPI: it is considered alive for ${toleranceS} s. Check its toolstack.`
    : `${host} answers ping and not XAPI: it may be starting.`;
}
