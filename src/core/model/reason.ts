import type { FenceFault } from "./action.ts";
import type { VmUuid } from "./ids.ts";
import type { XapiFault } from "./pool-view.ts";

/**
 * Everything the program may say about what it sees, does and refuses to do: one closed list, so that logs, mails and
 * the expected stories of scenarios speak with one voice. Hosts and VMs are given as people know them.
 */
export type Reason =
  // conditions: told when they begin
  | { readonly kind: "role-unknown"; readonly why: string }
  | { readonly kind: "xapi-silent"; readonly fault: XapiFault }
  | { readonly kind: "not-master-in-database"; readonly master: string }
  | { readonly kind: "xapi-ha-enabled" }
  /** `starting`: the own xapi has not finished its start, so the pool database could not be read yet. */
  | { readonly kind: "parameters-unknown"; readonly starting: boolean }
  | { readonly kind: "parameter-problem"; readonly problem: string }
  | { readonly kind: "state-damaged"; readonly why: string }
  | { readonly kind: "state-not-saved"; readonly why: string; readonly isForgetful: boolean }
  | { readonly kind: "ha-off" }
  | { readonly kind: "ha-unset"; readonly field: string }
  | { readonly kind: "rival-master"; readonly host: string; readonly address: string }
  | { readonly kind: "master-is-slave"; readonly host: string; readonly address: string }
  | { readonly kind: "taken-over"; readonly host: string; readonly address: string }
  /** This host is XAPI master, and the group does not let it act, for a minute and more. */
  | { readonly kind: "not-leading"; readonly why: string }
  | { readonly kind: "nobody-leads"; readonly why: string }
  | { readonly kind: "waits-for-members"; readonly hosts: readonly string[] }
  /** This host was master, and gave that up for its xapi did not serve. */
  | { readonly kind: "resigned" }
  | {
      readonly kind: "xapi-held";
      /** Whose database is waited for; null: nobody leads, so that nobody can say that it agrees. */
      readonly master: string | null;
      /** Is the monitor of that master heard? The word is the monitor's. */
      readonly isMasterHeard: boolean;
      /** How long, in steps of five minutes, so that it is told again with each. */
      readonly minutes: number;
    }
  | { readonly kind: "follows-named"; readonly host: string; readonly address: string }
  | { readonly kind: "host-suspect"; readonly host: string }
  /** `toleranceS`: how long it counts as alive; null: without end, for its monitor is heard. `long`: for longer than a toolstack restart or a boot takes. */
  | {
      readonly kind: "host-xapi-down";
      readonly host: string;
      readonly toleranceS: number | null;
      readonly long: boolean;
    }
  /** It does not answer this host, and `by` hears it. `long`: for a minute. */
  | { readonly kind: "host-reported"; readonly host: string; readonly by: string; readonly long: boolean }
  /** Its XAPI answers, and its monitor has not been heard for minutes. */
  | { readonly kind: "monitor-silent"; readonly host: string }
  | { readonly kind: "host-without-address"; readonly host: string }
  /** Somebody works on it; XAPI has enabled it with its start, which is not the end of the work. */
  | { readonly kind: "host-left-alone"; readonly host: string }
  /** For minutes, and nobody has replaced it: the others may hear it well. */
  | { readonly kind: "master-lost"; readonly host: string }
  /** `mine`: it is for this host to tell; the others only log it. */
  | { readonly kind: "host-failed"; readonly host: string; readonly mine: boolean }
  /** It is off when its lease is over, which nothing can hasten. */
  | { readonly kind: "waits-for-lease"; readonly host: string }
  /** Many have failed together, and another one is being fenced. */
  | { readonly kind: "fence-waits"; readonly host: string }
  /** Fenced twice within an hour, and not well for long since. */
  | { readonly kind: "host-rests"; readonly host: string; readonly of: "fences" | "boots" }
  | { readonly kind: "fence-refused"; readonly host: string; readonly why: FenceRefusal }
  | { readonly kind: "fence-device-wrong"; readonly host: string; readonly why: string }
  | {
      readonly kind: "isolated";
      readonly reboots: boolean;
      /** As in `not-promoted`. */
      readonly tie: string | null;
      /** The hosts that count and are not heard, where only the tie is missing. */
      readonly silent: readonly string[];
    }
  | { readonly kind: "out-of-ha-after-reboot" }
  | { readonly kind: "no-successor" }
  /** If one of these failed, the others would lack memory for its VMs. */
  | { readonly kind: "pool-not-surviving"; readonly hosts: readonly string[] }
  /** Names with why. */
  | { readonly kind: "vms-unprotected"; readonly vms: readonly string[] }
  /** `master`: null where an administrator's word about it would be for nothing, because this host does not count. */
  | {
      readonly kind: "not-promoted";
      /** null: no word on this host would help. */
      readonly master: string | null;
      readonly why: PromotionRefusal;
      /** Other hosts that count and are not heard, where too few are. */
      readonly silent: readonly string[];
      /** Why it has not got the exclusive vote of the roll, which is all that it lacks; null: it lacks more, or something else. */
      readonly tie: string | null;
    }
  | { readonly kind: "promotion-under-way"; readonly phase: string }
  | { readonly kind: "vm-not-started"; readonly vm: string; readonly why: string }
  /** Somebody stopped it; `who` and `remedy` as in core/intent/stop-words.ts. */
  | {
      readonly kind: "vm-left-down";
      readonly vm: string;
      readonly uuid: VmUuid;
      readonly who: string;
      readonly remedy: string;
    }
  /** It is started although nobody knows who stopped it, or its signs contradict each other. */
  | { readonly kind: "vm-stop-doubted"; readonly vm: string; readonly uuid: VmUuid; readonly why: string }
  /** Every host lacks something that it needs. */
  | { readonly kind: "vm-has-no-host"; readonly vm: string; readonly uuid: VmUuid; readonly why: string }
  /** For five minutes; `uuid` null: an appliance. */
  | {
      readonly kind: "vm-down";
      readonly vm: string;
      readonly uuid: VmUuid | null;
      readonly why: string;
    }
  // events: told each time
  /** `uuid`: of the VM; null for an appliance. */
  | { readonly kind: "vm-started"; readonly vm: string; readonly uuid: VmUuid | null }
  | {
      readonly kind: "vm-start-failed";
      readonly vm: string;
      readonly uuid: VmUuid | null;
      readonly why: string;
    }
  | { readonly kind: "host-fenced"; readonly host: string; readonly proved: boolean }
  /** Its hypervisor has reset it, because the group did not answer it any more. */
  | { readonly kind: "host-lease-over"; readonly host: string }
  | { readonly kind: "host-confirmed-off"; readonly host: string }
  | {
      readonly kind: "fence-failed";
      readonly host: string;
      readonly fault: FenceFault;
      readonly detail: string;
      /** Its VMs are started elsewhere although nothing proves that it is off. */
      readonly goesOn: boolean;
    }
  | { readonly kind: "fence-device-back"; readonly host: string }
  /** It was fenced, and its device says that it is on. */
  | { readonly kind: "proof-over"; readonly host: string }
  /** It was fenced, and its device cannot say now whether it is still off. */
  | { readonly kind: "proof-doubted"; readonly host: string; readonly why: string }
  | { readonly kind: "host-switched-on"; readonly host: string }
  | { readonly kind: "xapi-restarted"; readonly host: string }
  | { readonly kind: "host-declared-dead"; readonly host: string }
  | { readonly kind: "host-answers-xapi"; readonly host: string }
  | { readonly kind: "host-back"; readonly host: string }
  | { readonly kind: "stood-down"; readonly address: string }
  | { readonly kind: "host-forgotten"; readonly host: string }
  | { readonly kind: "host-enabled"; readonly host: string }
  | { readonly kind: "promoting"; readonly oldMaster: string | null }
  | { readonly kind: "promoted"; readonly oldMaster: string | null }
  | { readonly kind: "promotion-dropped" }
  /** `on`: where it runs, null: nowhere. `says`: where the database has it, null: it calls it halted. */
  | {
      readonly kind: "database-wrong";
      readonly vm: string;
      readonly uuid: VmUuid;
      readonly on: string | null;
      readonly says: string | null;
    }
  | {
      readonly kind: "vm-runs-twice";
      readonly vm: string;
      readonly uuid: VmUuid;
      readonly hosts: readonly string[];
    }
  | {
      readonly kind: "leftover-found";
      readonly vm: string;
      readonly uuid: VmUuid;
      readonly on: string;
      readonly runsOn: string;
    }
  | { readonly kind: "database-not-on-disk" }
  | { readonly kind: "copy-is-old"; readonly master: string }
  | { readonly kind: "toolstack-restarted" }
  | { readonly kind: "ha-switched-off" }
  /** HA rests for the pool (`host` null), or for a host. `mine`: it is for this host to tell; the others only log it. */
  | {
      readonly kind: "disarmed";
      readonly host: string | null;
      readonly minutes: number;
      readonly mine: boolean;
    }
  /** It acts again. */
  | { readonly kind: "armed"; readonly host: string | null; readonly mine: boolean }
  | { readonly kind: "successor-chosen"; readonly host: string }
  | { readonly kind: "action-failed"; readonly what: string; readonly why: string };

/** Why a slave does not take over from a dead master. */
export type PromotionRefusal =
  | "promotion-disabled"
  | "flag-disputed"
  | "led-by-another"
  | "too-early"
  | "in-maintenance"
  | "disk-not-writable"
  | "no-quorum"
  | "away-since-boot"
  /** HA rests for the old master alone. */
  | "old-master-disarmed"
  | "old-master-not-fenced";

/** Why a failed host is not fenced. */
export type FenceRefusal =
  | "fencing-disabled"
  | "action-is-start"
  | "in-maintenance"
  | "no-quorum"
  | "too-few-members"
  | "too-many-fenced"
  /** HA rests for this host alone, which hears no other one. */
  | "alone-at-rest"
  /** FENCE_METHOD counts on its lease, and it has none. */
  | "no-lease"
  /** Its lease is over, and it may have booted since. */
  | "lease-doubted"
  | "answers-again";
