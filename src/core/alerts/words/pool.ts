import type { SayingsOf } from "../saying.ts";

/** What is said of the pool as a whole: its switch and its successor. */
export const POOL_WORDS: SayingsOf<
  | "xapi-ha-enabled"
  | "ha-off"
  | "ha-unset"
  | "ha-switched-off"
  | "disarmed"
  | "armed"
  | "no-successor"
  | "pool-not-surviving"
  | "vms-unprotected"
  | "successor-chosen"
  | "database-not-on-disk"
  | "copy-is-old"
> = {
  "xapi-ha-enabled": () => ({
    from: "check_ha_enabled",
    severity: "critical",
    about: "",
    text: "XenServer HA is enabled: HA-Lizard switches itself off, because two HA systems would fight. Disable one of them.",
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
  "ha-switched-off": () => ({
    from: "check_ha_enabled",
    severity: "critical",
    about: "",
    text: "HA-Lizard was switched off for this pool.",
    event: true,
    alert: true,
  }),
  "pool-not-surviving": ({ hosts }) => ({
    from: "vm_mon",
    severity: "warning",
    about: "",
    text: `The pool does not survive the loss of any one host: if ${orOf(hosts)} failed now, the others would lack memory for its VMs.`,
    alert: true,
  }),
  "vms-unprotected": ({ vms }) => ({
    from: "vm_mon",
    severity: "warning",
    about: "",
    text: `If their hosts failed now, these VMs would not be started elsewhere: ${fewOf(vms)}.`,
    alert: true,
  }),
  disarmed: ({ host, minutes, mine }) => ({
    from: "check_ha_enabled",
    severity: "warning",
    about: host ?? "",
    text:
      host === null
        ? `HA is disarmed for this pool, for ${minutes} min: no host is fenced, no master replaced, no VM started. It ends by itself; sooner: ha-cfg arm.`
        : `HA is disarmed for ${host}, for ${minutes} min: it is not fenced or replaced, and no VM is started there, nor what ran there elsewhere. It ends by itself; sooner: ha-cfg arm --host ${host}.`,
    event: true,
    alert: mine,
  }),
  armed: ({ host, mine }) => ({
    from: "check_ha_enabled",
    severity: "info",
    about: host ?? "",
    text: `HA is armed again ${host === null ? "for this pool" : `for ${host}`}.`,
    event: true,
    alert: mine,
  }),
  "no-successor": () => ({
    from: "autoselect_slave",
    severity: "warning",
    about: "",
    text: "No slave can replace this master now: none is enabled, live and responding.",
    alert: true,
  }),
  "successor-chosen": ({ host }) => ({
    from: "autoselect_slave",
    severity: "info",
    about: "",
    text: `${host} is the successor of this master.`,
  }),
  "database-not-on-disk": () => ({
    from: "check_xapi",
    severity: "error",
    about: "",
    text: "The pool database of this master cannot be put on its disk. If its xapi were killed now, it would come back with an older one, which has some VMs where they do not run. The attempt is repeated.",
    alert: true,
  }),
  "copy-is-old": ({ master }) => ({
    from: "check_slave_status",
    severity: "error",
    about: "",
    text: `The copy of the pool database on this host is old: it cannot be fetched from ${master}. If this host took over as master now, what has changed since would be lost. The attempt is repeated.`,
    alert: true,
  }),
};

const MOST_NAMED = 10;

/** The first of them, and how many more there are. */
function fewOf(items: readonly string[]): string {
  const more = items.length - MOST_NAMED;
  return more > 1 ? `${items.slice(0, MOST_NAMED).join("; ")}; and ${more} others` : items.join("; ");
}

const orOf = (names: readonly string[]): string =>
  [names.slice(0, -1).join(", "), names.at(-1)].filter((part) => part !== "").join(" or ");
