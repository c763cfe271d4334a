import type { SayingsOf } from "../saying.ts";

/** What is said of VMs that are started, and that are not. */
export const VMS_WORDS: SayingsOf<
  "vm-not-started" | "vm-down" | "vm-started" | "vm-start-failed" | "leftover-destroyed"
> = {
  "vm-not-started": ({ vm, why }) => ({
    from: "vm_state_check",
    severity: "info",
    about: vm,
    text: `${vm} is halted and is not started: ${why}.`,
  }),
  "vm-down": ({ vm, uuid, why }) => ({
    from: "vm_mon",
    severity: "error",
    about: uuid ?? vm,
    text: `${vm} has been down for five minutes: ${why}.`,
    alert: true,
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
  "leftover-destroyed": ({ vm }) => ({
    from: "get_vms_on_host_local",
    severity: "critical",
    about: vm,
    text: `The domain of VM ${vm} was destroyed here: the VM runs on another host since a failover.`,
    event: true,
    alert: true,
  }),
};
