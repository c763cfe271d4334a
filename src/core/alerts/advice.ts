import type { Reason } from "../model/reason.ts";

/** What an administrator should do, where the sentence itself does not say it. */
const ADVICE: Partial<Record<Reason["kind"], string>> = {
  "state-damaged":
    "Check the disk of this host. Its old state is kept beside the new one, in /etc/ha-lizard/state.",
  "state-not-saved": "Make room on the disk of this host, or repair it.",
  "xapi-held":
    "Look at the master: ha-cfg status there tells what runs twice, or which host does not answer. If a host is off: ha-cfg confirm-off HOST. With HA off (ha-cfg ha-disable) its xapi starts.",
  resigned:
    "Look at /var/log/xensource.log and the disk of this host for what keeps its xapi from serving requests. It becomes a slave by itself; with HA off run on it xe pool-emergency-reset-master master-address=ADDRESS, or, where no host is master, xe pool-emergency-transition-to-master.",
  "not-leading":
    "See ha-cfg status on this host: whom it hears, and who leads. If a host that it does not hear is off: ha-cfg confirm-off HOST; before the hosts have begun: ha-cfg ha-enable --without HOST.",
  "nobody-leads":
    "Repair the network, or switch on the voting hosts that are not heard: see ha-cfg status on this host. If they are permanently off: ha-cfg confirm-off HOST, for each.",
  "host-failed":
    "Look at the host: its power, its network, its console. The next alert says what HA-Lizard does about it.",
  "pool-not-surviving":
    "Give the hosts more memory, the VMs less, or shut down what is not needed. Which VMs: ha-cfg plan --if-host-fails HOST.",
  "vms-unprotected":
    "Move their disks to shared storage, unblock their start, or set their HA flag: ha-cfg set-vm-ha VM true, or false if it needs no protection.",
  "no-successor": "Bring a slave back, or enable one. Until then nobody takes over when this master dies.",
  "not-promoted": "Look at the master. See ha-cfg status on this host for what would let it take over.",
  "vm-started": "Find out why it was halted; if somebody halted it on purpose, switch its HA off first.",
  "vm-has-no-host":
    "Give one of the hosts what it lacks, or bring the host back on which it ran. If it is to stay down, switch its HA off: ha-cfg set-vm-ha.",
  "vm-down":
    "Remove the cause; the VM is then started automatically. If it is to stay down, switch its HA off: ha-cfg set-vm-ha.",
  "vm-start-failed": "Remove the cause that XAPI names, or switch HA off for this VM: ha-cfg set-vm-ha.",
  "host-fenced": "Find out why it failed before it is switched on again; then it comes back by itself.",
  "host-confirmed-off":
    "Nothing. Before it is switched on again, make sure that the other hosts can reach it.",
  "host-back": "Nothing. Find out why it was down.",
  "stood-down": "Look at ha-cfg status on both hosts.",
  "host-forgotten": "Do not switch it on as it is: it would still believe that it belongs to this pool.",
  "host-enabled": "Nothing.",
  promoting: "Nothing now. If the old master comes back, it becomes a slave by itself.",
  promoted: "Find out why the old master failed before it is switched on again.",
  "promotion-dropped": "Find out why the master did not answer for a while.",
  "database-wrong":
    "Nothing. Find out whether the xapi of the master was killed: its database was older than that.",
  "database-not-on-disk": "Make room on the disk of the master (/var/lib/xcp), or repair it.",
  "copy-is-old":
    "See /var/log/xensource.log of this host for why, and whether its disk is full (/var/lib/xcp). Since when: ha-cfg status on this host.",
  "leftover-found":
    "Check the VM: for a while two copies of it ran. A fence method that confirms the power state makes this impossible.",
  "toolstack-restarted": "Look at /var/log/xensource.log of this host for what blocked it.",
  "ha-switched-off": "Switch it on again when the cause is gone: ha-cfg ha-enable.",
  "fence-device-back": "Nothing.",
  disarmed: "Nothing. While it lasts a host that fails is left alone, and its VMs stay down.",
  armed: "Nothing. What failed meanwhile and is still down is recovered now.",
};

/** A sentence for the alert of such a reason; empty when the alert says itself what to do. */
export function adviceOn(kind: Reason["kind"]): string {
  return ADVICE[kind] ?? "";
}
