/** The manual's function names: LOG_<name> and MAIL_<name> in the override file switch each (parameters.md). */
export const FUNCTION_NAMES = [
  "check_ha_enabled",
  "get_pool_host_list",
  "get_pool_ip_list",
  "master_ip",
  "check_xapi",
  "get_app_vms",
  "vm_state",
  "vm_state_check",
  "vm_mon",
  "promote_slave",
  "get_vms_on_host",
  "get_vms_on_host_local",
  "check_vm_managed",
  "write_pool_state",
  "check_slave_status",
  "fence_host",
  "email",
  "autoselect_slave",
  "check_quorum",
  "xe_wrapper",
] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];

export type Severity = "info" | "warning" | "error" | "critical";

/** A message for an administrator; `key` says what it is about, so that the same thing is not told twice. */
export interface Alert {
  readonly key: string;
  readonly from: FunctionName;
  readonly severity: Severity;
  readonly subject: string;
  /** Full sentences: what happened, what was done, what to do. */
  readonly body: string;
}

/** Something worth a line in the log, and perhaps an alert. */
export interface Notice extends Alert {
  /** A condition is told when it begins or changes; an event each time. */
  readonly lasting: boolean;
  readonly alert: boolean;
}

/** What was already told: the conditions that hold, and when each alert went out last. */
export interface AlertMemory {
  readonly active: Readonly<Record<string, string>>;
  readonly toldAtMs: Readonly<Record<string, number>>;
}

export interface AlertSettings {
  readonly MAIL_SCREEN_TIME: number;
}

export interface Telling {
  readonly memory: AlertMemory;
  /** Lines for the log. */
  readonly lines: readonly Notice[];
  /** Alerts to send by mail and as XAPI message. */
  readonly alerts: readonly Alert[];
}

/**
 * What of this round's notices is new. A condition that goes on is not repeated, neither in the log nor by mail; the
 * same alert does not go out twice within MAIL_SCREEN_TIME minutes.
 */
export function tellNotices(
  memory: AlertMemory,
  notices: readonly Notice[],
  nowMs: number,
  settings: AlertSettings,
): Telling {
  const active: Record<string, string> = {};
  const toldAtMs: Record<string, number> = { ...forgetOld(memory.toldAtMs, nowMs, settings) };
  const lines: Notice[] = [];
  const alerts: Alert[] = [];
  for (const notice of notices) {
    if (notice.lasting) {
      active[notice.key] = notice.body;
      if (memory.active[notice.key] === notice.body) continue;
    }
    lines.push(notice);
    if (!notice.alert || toldAtMs[notice.key] !== undefined) continue;
    toldAtMs[notice.key] = nowMs;
    const { key, from, severity, subject, body } = notice;
    alerts.push({ key, from, severity, subject, body });
  }
  return { memory: { active, toldAtMs }, lines, alerts };
}

function forgetOld(
  toldAtMs: Readonly<Record<string, number>>,
  nowMs: number,
  settings: AlertSettings,
): Readonly<Record<string, number>> {
  const screenMs = settings.MAIL_SCREEN_TIME * 60_000;
  return Object.fromEntries(Object.entries(toldAtMs).filter(([, at]) => nowMs - at < screenMs));
}
