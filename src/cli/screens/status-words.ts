import type { DaemonState } from "../../ports/daemons.ts";
import { spanWords } from "../span.ts";
import type { GroupStatus, HostReport, IterationReport, StatusReport } from "../status/status-report.ts";
import type { Tone } from "./paint.ts";

/** A word or two, and what they mean for the reader. */
export interface Said {
  readonly text: string;
  readonly tone: Tone;
}

/** A span of time as people say it. */
export function spanText(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}

export function haSaid({ ha, xapiHa, group }: StatusReport): Said {
  if (xapiHa === true)
    return { text: "stopped: XAPI's own HA is on, and two of them would fight for the hosts", tone: "bad" };
  switch (ha) {
    case "on":
      return disarmedSaid(group?.disarmed ?? []) ?? { text: "on", tone: "good" };
    case "off":
      return { text: "off: no host is fenced, no VM is started", tone: "warning" };
    case "unset":
      return { text: "neither on nor off: see ha-cfg ha-enable", tone: "bad" };
    case null:
      return { text: "not known", tone: "bad" };
  }
}

/** null: HA rests for nothing. */
function disarmedSaid(disarmed: GroupStatus["disarmed"]): Said | null {
  const left = (leftS: number) => (leftS === 0 ? "just over" : `${spanWords(leftS)} more`);
  const pool = disarmed.find(({ host }) => host === null);
  if (pool !== undefined)
    return {
      text: `on, and disarmed (${left(pool.leftS)}): no host is fenced, no VM is started; sooner: ha-cfg arm`,
      tone: "warning",
    };
  if (disarmed.length === 0) return null;
  const hosts = disarmed.map(({ host, leftS }) => `${host?.name ?? host?.uuid} (${left(leftS)})`);
  return { text: `on, and disarmed for ${hosts.join(", ")}`, tone: "warning" };
}

export function fencingSaid({ fencing, notFencing }: StatusReport): Said {
  // What FENCE_ENABLED=0 means stands there already.
  if (notFencing === null || fencing.includes(notFencing))
    return { text: fencing, tone: notFencing === null ? "plain" : "warning" };
  return { text: `${fencing}; but no host is fenced now: ${notFencing}`, tone: "bad" };
}

export function successorSaid({ successor, noSuccessor }: StatusReport): Said {
  const name = successor?.name || successor?.uuid;
  if (name !== undefined && name !== null) return { text: name, tone: "plain" };
  return { text: noSuccessor === null ? "not known" : `none: ${noSuccessor}`, tone: "warning" };
}

export function daemonSaid({ state, pid, atBoot }: DaemonState): Said {
  const boot = atBoot === false ? "; not started at boot" : "";
  switch (state) {
    case "running":
      return { text: `running (pid ${pid})${boot}`, tone: boot === "" ? "good" : "warning" };
    case "stopped-on-purpose":
      return { text: `stopped by an administrator${boot}`, tone: "warning" };
    case "dead":
      return { text: `not running${boot}`, tone: "bad" };
    case "unknown":
      return { text: `not known${boot}`, tone: "warning" };
  }
}

export function iterationSaid(iteration: IterationReport | null): Said {
  if (iteration === null) return { text: "there was none yet", tone: "warning" };
  const { finishedAt, ageS, durationS, result, overdue } = iteration;
  const when = ageS === null ? `${finishedAt}, before this boot` : `${spanText(ageS)} ago`;
  const late = overdue && ageS !== null ? "; the next one is overdue" : "";
  const good = result === "done" && !overdue;
  return {
    text: `${when}, took ${durationS} s: ${RESULTS[result] ?? result}${late}`,
    tone: good ? "good" : "warning",
  };
}

const RESULTS: Readonly<Record<string, string>> = {
  "no database": "done without the pool database",
  deadline: "it did not end in time",
};

export function vmsSaid({ vms, ha }: StatusReport): Said {
  if (vms === null) return { text: "not known while XAPI is silent", tone: "quiet" };
  const { managed, running, waiting, stopped } = vms;
  const why = ha === "on" ? "waiting to be started" : "halted, not started while HA is not on";
  const left = stopped.length === 0 ? "" : `, ${stopped.length} stopped on purpose`;
  const text = `${managed} managed, ${running} running, ${waiting} ${why}${left}`;
  return { text, tone: waiting > 0 ? "warning" : "plain" };
}

/** The master looks with every pass, but not while a host is about to fail, or is not off yet. */
const OLD_LOOK_S = 300;

/** null: not looked yet, or not here. */
export function standingSaid({ standing, ha }: StatusReport): Said | null {
  if (standing === null || ha !== "on") return null;
  const { survives, inService, weakHosts, unprotected, ageS } = standing;
  if (inService < 2) return { text: "no failure: only one host is in service", tone: "warning" };
  const whole = survives
    ? "the loss of any one host"
    : `not the loss of ${weakHosts.join(" or ")}: see ha-cfg plan`;
  const some = unprotected.length === 1 ? "1 VM" : `${unprotected.length} VMs`;
  const but = unprotected.length === 0 ? "" : `; ${some} would not be started elsewhere`;
  const when = ageS < OLD_LOOK_S ? "" : ` (as of ${spanText(ageS)} ago)`;
  return { text: whole + but + when, tone: survives && but === "" ? "good" : "warning" };
}

/** More than these are only counted. */
const MOST_STOPPED = 10;

/** Who stopped which VM, unless the conditions of the last iteration say so. */
export function stoppedNotes({ vms, conditions }: StatusReport): readonly string[] {
  const stopped = (vms?.stopped ?? []).filter(({ text }) => !conditions.some((said) => said.includes(text)));
  const notes = stopped.slice(0, MOST_STOPPED).map(({ name, text }) => `${name}: ${text}`);
  const more = stopped.length - notes.length;
  return more === 0 ? notes : [...notes, `${more} more: ha-cfg get-vm-ha NAME`];
}

/** The cells of a host in the table, under HOST_HEAD. */
export function hostCells(host: HostReport): readonly Said[] {
  const { name, role, enabled, state, xapi, lastSeenS, vms, isSelf } = host;
  const plain = (text: string): Said => ({ text, tone: "plain" });
  return [
    plain(`${isSelf ? "*" : " "} ${name}`),
    plain(role),
    enabled ? plain("yes") : { text: "no", tone: "warning" },
    { text: STATES[state], tone: state === "alive" ? "good" : state === "failed" ? "bad" : "warning" },
    xapi === "answers" ? plain(xapi) : { text: xapi ?? "?", tone: "warning" },
    plain(lastSeenS === null ? "?" : lastSeenS === 0 ? "now" : `${spanText(lastSeenS)} ago`),
    plain(vms === null ? "?" : String(vms)),
  ];
}

export const HOST_HEAD = ["  HOST", "ROLE", "ENABLED", "STATE", "XAPI", "LAST SEEN", "VMS"] as const;

const STATES: Readonly<Record<HostReport["state"], string>> = {
  alive: "alive",
  "xapi-down": "xapi down",
  suspect: "suspect",
  failed: "failed",
  silent: "no answer",
  unknown: "?",
};

/** What keeps a held xapi, in the words of status and doctor. */
export const HELD_UNTIL = "XAPI of this host is held until the master's database agrees with what runs here";

/** Where all this comes from, when it is not the pool database of now; null when it is. */
export function sourceSaid(report: StatusReport): string | null {
  const { source, sourceAgeS, xapiFault } = report;
  if (source === "pool") return null;
  const why = silenceSaid(report);
  const fault = `${why} (${xapiFault ?? "no answer"}).`;
  if (source === "none") return `${fault} This host remembers no pool.`;
  const age = sourceAgeS === null ? "from before its last boot" : `of ${spanText(sourceAgeS)} ago`;
  return `${fault} Pool, parameters and HA on/off are what this host remembers, ${age}; hosts were probed just now.`;
}

function silenceSaid({ self, xapiHeldS }: StatusReport): string {
  if (xapiHeldS !== null) return `${HELD_UNTIL}, for ${spanText(xapiHeldS)} so far`;
  return self.role === "slave"
    ? "XAPI here answers only with the master, and does not"
    : "XAPI of this host does not answer";
}
