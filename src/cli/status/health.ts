import type { HostReport, StatusReport } from "./status-report.ts";

/** By the guidelines of monitoring plugins. */
export type HealthLevel = "ok" | "warning" | "critical" | "unknown";

export interface HealthFinding {
  readonly level: Exclude<HealthLevel, "ok">;
  /** Part of a line, without a full stop. */
  readonly text: string;
}

/** Conditions of the iterations, by the kind of their reason: HA cannot do its work, or data are at risk. */
const CRITICAL: ReadonlySet<string> = new Set([
  ...["vm-runs-twice", "leftover-found", "rival-master", "stood-down", "master-is-slave", "resigned"],
  ...["isolated", "not-promoted", "fence-failed", "fence-refused", "host-answers-xapi", "state-not-saved"],
]);

/** HA works, and somebody has to do something. */
const WARNING: ReadonlySet<string> = new Set([
  ...["vm-down", "vm-has-no-host", "database-wrong", "monitor-silent", "host-without-address", "host-rests"],
  ...["fence-device-wrong", "proof-doubted", "copy-is-old", "database-not-on-disk", "xapi-held"],
  ...["parameter-problem", "parameters-unknown", "role-unknown", "state-damaged"],
]);

const STATES: Readonly<Record<HostReport["state"], HealthFinding["level"] | null>> = {
  ...{ alive: null, "xapi-down": "warning", suspect: "warning", silent: "warning", unknown: null },
  failed: "critical",
};

const STATE_WORDS: Readonly<Record<HostReport["state"], string>> = {
  ...{ alive: "is alive", "xapi-down": "lives without XAPI", suspect: "does not answer and is retried" },
  ...{ silent: "does not answer", unknown: "is not known", failed: "has failed" },
};

/**
 * What of a status somebody has to look at, the worst first. `active`: the conditions of the last iteration of this boot, by key
 * (`Memory.alerts.active`).
 */
export function judgeHealth(
  report: StatusReport,
  active: Readonly<Record<string, string>>,
): readonly HealthFinding[] {
  const failed = new Set(
    report.incidents.flatMap(({ kind, host }) => (kind === "host-failed" ? (host ?? []) : [])),
  );
  const found = [
    ...ofPool(report),
    ...ofGroup(report),
    ...ofDaemons(report),
    // Of one with an incident that says more.
    ...report.hosts.filter(({ name }) => !failed.has(name)).flatMap(ofHost),
    ...report.incidents.map(({ text }): HealthFinding => ({ level: "critical", text })),
    ...ofVms(report),
    ...Object.entries(active).flatMap(ofCondition),
  ];
  return [...found].sort((a, b) => RANKS[b.level] - RANKS[a.level]);
}

/** One that is known to be bad goes before what is not known. */
const RANKS: Readonly<Record<HealthLevel, number>> = { ok: 0, warning: 1, unknown: 2, critical: 3 };

/** The worst of them. */
export function levelOf(findings: readonly HealthFinding[]): HealthLevel {
  return findings.reduce<HealthLevel>(
    (worst, { level }) => (RANKS[level] > RANKS[worst] ? level : worst),
    "ok",
  );
}

function ofPool({ source, xapiFault, ha, xapiHa, notFencing, noSuccessor }: StatusReport) {
  const found: HealthFinding[] = [];
  if (source !== "pool")
    found.push({ level: "unknown", text: `XAPI does not answer (${xapiFault ?? "no answer"})` });
  if (xapiHa === true)
    found.push({ level: "critical", text: "XAPI's own HA is on, so this one does nothing" });
  if (ha === "off") found.push({ level: "warning", text: "HA is off" });
  if (ha === "unset") found.push({ level: "warning", text: "HA is neither on nor off" });
  if (ha === null && source === "pool")
    found.push({ level: "unknown", text: "it is not known whether HA is on" });
  // What an administrator has switched off is no trouble.
  if (notFencing !== null && notFencing !== "FENCE_ENABLED=0")
    found.push({ level: "warning", text: `no host is fenced: ${notFencing}` });
  if (ha === "on" && noSuccessor === "no slave could take over")
    found.push({ level: "warning", text: "no slave could take over" });
  return found;
}

function ofGroup({ ha, group }: StatusReport): readonly HealthFinding[] {
  // That the monitor does not run is said by itself.
  if (ha !== "on" || group === null) return [];
  const { lead, leader, trouble, counts, heard, leftOut, awaited } = group;
  if (trouble !== null) return [{ level: "critical", text: `this host has no vote: ${trouble}` }];
  if (lead === "none" && counts.length > 0)
    return [
      {
        level: "critical",
        text: `nobody leads: ${heard.length} of ${counts.length} voting hosts are heard`,
      },
    ];
  if (lead === "none")
    return [{ level: "critical", text: `nobody leads yet: ${awaited.join(", ") || "there is no group"}` }];
  if (leader === null && lead !== "leads") return [{ level: "warning", text: "a leader is being elected" }];
  return leftOut.length === 0
    ? []
    : [{ level: "warning", text: `the vote of ${leftOut.join(", ")} does not count` }];
}

function ofDaemons({ monitor, watchdog, lastIteration }: StatusReport): readonly HealthFinding[] {
  const found: HealthFinding[] = [];
  for (const [name, { state }] of [
    ["monitor", monitor],
    ["watchdog", watchdog],
  ] as const) {
    if (state === "dead") found.push({ level: "critical", text: `the ${name} does not run` });
    if (state === "stopped-on-purpose")
      found.push({ level: "warning", text: `the ${name} was stopped by an administrator` });
  }
  if (monitor.state === "running" && lastIteration?.overdue === true)
    found.push({ level: "critical", text: "no iteration has ended in time" });
  return found;
}

function ofHost({ name, state }: HostReport): readonly HealthFinding[] {
  const level = STATES[state];
  return level === null ? [] : [{ level, text: `${name} ${STATE_WORDS[state]}` }];
}

function ofVms({ ha, vms }: StatusReport): readonly HealthFinding[] {
  if (ha !== "on" || vms === null || vms.waiting === 0) return [];
  return [{ level: "warning", text: `${vms.waiting} managed VMs wait to be started` }];
}

function ofCondition([key, body]: readonly [string, string]): readonly HealthFinding[] {
  const kind = key.split(":", 1)[0] ?? "";
  const text = body.replace(/\.$/, "");
  if (CRITICAL.has(kind)) return [{ level: "critical", text }];
  return WARNING.has(kind) ? [{ level: "warning", text }] : [];
}
