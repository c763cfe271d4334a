import type { FenceRefusal, Reason } from "../../model/reason.ts";
import type { SayingsOf } from "../saying.ts";

/** Why a host is not fenced. */
const FENCE_REFUSALS: Record<FenceRefusal, string> = {
  "fencing-disabled": "fencing is switched off (FENCE_ENABLED=0)",
  "in-maintenance": "it is disabled, so in maintenance, or it died while it started",
  "action-is-start": "FENCE_ACTION=start switches nothing off (set it to stop)",
  "no-quorum": "this host has no quorum",
  "too-few-members": "the pool has fewer members than FENCE_MIN_HOSTS",
  "too-many-fenced":
    "more than half of the hosts of this pool were fenced within ten minutes, so that something else may be wrong. If the network between the hosts is sound, run on this host: ha-cfg resume",
  "alone-at-rest":
    "HA is disarmed for this host, which hears no other one: it is most likely this host that is cut off. When that is not so: ha-cfg arm",
  "no-lease":
    "FENCE_METHOD=WATCHDOG counts on its lease, and it has none: its watchdog was not armed when it failed",
  "lease-doubted": "its lease has expired, but it may have booted since, which this host cannot tell",
  "answers-again": "it answers again",
};

/** What an administrator does about a host that is dead and cannot be proved off. */
const cureUnfenced = (host: string): string =>
  `Its VMs stay where they are. Make sure that the host is off, then run on a surviving host: ha-cfg confirm-off ${host}.`;

/** Why a fence failed, and what follows: never the advice to declare a host dead that answers. */
function describeFenceFailure(reason: Extract<Reason, { kind: "fence-failed" }>): string {
  const { host, fault, detail, goesOn } = reason;
  if (fault === "host-answers-again") {
    const how = detail === "" ? "it answers again" : `it answers ${detail}`;
    return `${host} is not fenced: ${how}. A live host is not switched off; check the network between the two.`;
  }
  const why = `${fault}${detail === "" ? "" : ` (${detail})`}`;
  if (goesOn)
    return `${host} could not be fenced: ${why}. Its VMs are started elsewhere anyway, because FENCE_HA_ONFAIL=1.`;
  return `${host} could not be fenced: ${why}. ${cureUnfenced(host)} The attempt is repeated.`;
}

/** What is said about fencing and its devices. */
export const FENCING_WORDS: SayingsOf<
  | "fence-refused"
  | "fence-waits"
  | "waits-for-lease"
  | "host-lease-over"
  | "host-rests"
  | "host-fenced"
  | "host-confirmed-off"
  | "fence-failed"
  | "fence-device-wrong"
  | "fence-device-back"
  | "proof-over"
  | "proof-doubted"
  | "host-switched-on"
> = {
  "fence-refused": ({ host, why }) => ({
    from: "fence_host",
    severity: "error",
    about: host,
    text: `${host} is not fenced: ${FENCE_REFUSALS[why]}. ${cureUnfenced(host)}`,
    alert: true,
  }),
  "fence-waits": ({ host }) => ({
    from: "fence_host",
    severity: "warning",
    about: host,
    text: `${host} waits to be fenced: several hosts have failed, and they are fenced one at a time.`,
  }),
  "waits-for-lease": ({ host }) => ({
    from: "fence_host",
    severity: "warning",
    about: host,
    text: `${host} is treated as off when its lease expires: its watchdog has reset it by then.`,
  }),
  "host-lease-over": ({ host }) => ({
    from: "fence_host",
    severity: "critical",
    about: host,
    text: `${host} is off: its lease has expired, so its watchdog has reset it.`,
    event: true,
    alert: true,
  }),
  "host-rests": ({ host, of }) => ({
    from: "fence_host",
    severity: "warning",
    about: host,
    text: `${host} ${of === "fences" ? "was fenced twice" : "went down twice"} within an hour: no VM is started there until it has been healthy for ten minutes. Find out why it fails.`,
    alert: true,
  }),
  "host-fenced": ({ host, proved }) => ({
    from: "fence_host",
    severity: "critical",
    about: host,
    text: proved
      ? `${host} was fenced: its agent confirms that it is off.`
      : `${host} is treated as fenced, but its power state was not confirmed (POOL, or FENCE_HA_ONFAIL=1).`,
    event: true,
    alert: true,
  }),
  "host-confirmed-off": ({ host }) => ({
    from: "fence_host",
    severity: "critical",
    about: host,
    text: `${host} is treated as off: an administrator has confirmed it (ha-cfg confirm-off).`,
    event: true,
    alert: true,
  }),
  "fence-failed": (reason) => ({
    from: "fence_host",
    severity: reason.fault === "host-answers-again" ? "warning" : "critical",
    about: reason.host,
    text: describeFenceFailure(reason),
    event: true,
    // One that answers again has mended itself, unless it answers another way than the one that is watched.
    alert: reason.fault !== "host-answers-again" || reason.detail !== "",
  }),
  "fence-device-wrong": ({ host, why }) => ({
    from: "fence_host",
    severity: "error",
    about: host,
    text: `The fence device of ${host} cannot be relied on: ${why}. If ${host} failed now, its VMs would stay down. Try again with: ha-cfg fence-test ${host}`,
    alert: true,
  }),
  "fence-device-back": ({ host }) => ({
    from: "fence_host",
    severity: "info",
    about: host,
    text: `The fence device of ${host} answers again.`,
    event: true,
    alert: true,
  }),
  "proof-over": ({ host }) => ({
    from: "fence_host",
    severity: "critical",
    about: host,
    text: `${host} was fenced, and its device says that it is on again. Everything that depends on it being off has stopped: HA-Lizard waits for it, or fences it again.`,
    event: true,
    alert: true,
  }),
  "proof-doubted": ({ host, why }) => ({
    from: "fence_host",
    severity: "error",
    about: host,
    text: `${host} was fenced, and its device does not say now whether it is still off: ${why}. Everything that depends on it waits. If it is off: ha-cfg confirm-off ${host}`,
    event: true,
    alert: true,
  }),
  "host-switched-on": ({ host }) => ({
    from: "fence_host",
    severity: "warning",
    about: host,
    text: `${host} was switched on again (FENCE_ACTION=reset): its VMs do not wait for it to be off.`,
    event: true,
  }),
};
