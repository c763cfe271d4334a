import type { SayingsOf } from "../saying.ts";

/** What is said of VMs that are started, and that are not. */
export const VMS_WORDS: SayingsOf<
  | "vm-not-started"
  | "vm-left-down"
  | "vm-stop-doubted"
  | "vm-has-no-host"
  | "vm-down"
  | "vm-started"
  | "vm-start-failed"
  | "database-wrong"
  | "vm-runs-twice"
  | "leftover-found"
> = {
  "vm-not-started": ({ vm, why }) => ({
    from: "vm_state_check",
    severity: "info",
    about: vm,
    text: `${vm} is halted and is not started: ${why}.`,
  }),
  "vm-left-down": ({ vm, uuid, who, remedy }) => ({
    from: "vm_state_check",
    severity: "info",
    about: uuid,
    text: `${vm} was ${who}, and stays down: ${remedy}.`,
  }),
  "vm-stop-doubted": ({ vm, uuid, why }) => ({
    from: "vm_state_check",
    severity: "warning",
    about: uuid,
    text: `${vm} is halted, and ${why}.`,
  }),
  "vm-has-no-host": ({ vm, uuid, why }) => ({
    from: "vm_mon",
    severity: "error",
    about: uuid,
    text: `${vm} cannot be started: ${why}. It is started as soon as one can.`,
    alert: true,
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
    text: `${vm} cannot be started: ${why}. The start is retried later.`,
    event: true,
    alert: true,
  }),
  "database-wrong": ({ vm, uuid, on, says }) => ({
    from: "vm_state_check",
    severity: "warning",
    about: uuid,
    text:
      on === null
        ? `${vm} runs nowhere, and the pool database says that it runs on ${says}: XAPI of that host is restarted as soon as that is safe, which corrects the database. If it does not start, repair its toolstack, or switch that host off.`
        : `${vm} runs on ${on}, and the pool database ${says === null ? "lists it as halted" : `says that it runs on ${says}`}: the database is corrected as soon as that is safe.`,
    alert: true,
  }),
  "vm-runs-twice": ({ vm, uuid, hosts }) => ({
    from: "vm_state_check",
    severity: "critical",
    about: uuid,
    text: `${vm} runs on ${hosts.join(" and on ")} at the same time: both write its disks. Nothing is ended, because nothing says which copy is the right one. Decide, and shut the other one down on its host: xl list, xl shutdown.`,
    alert: true,
  }),
  "leftover-found": ({ vm, uuid, on, runsOn }) => ({
    from: "vm_state_check",
    severity: "critical",
    about: uuid,
    text: `${vm} runs on ${runsOn}, and ${on} still runs the earlier copy: it was treated as off, but was not. XAPI of ${on} is restarted as soon as that is safe, which ends that copy.`,
    alert: true,
  }),
};
