import type { HostUuid, VmUuid } from "../model/ids.ts";
import { type AlertQueue, EMPTY_QUEUE, rebaseQueue } from "./alert-queue.ts";

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

/** What an alert is about, as XAPI's messages can hang on it. */
export type AlertTarget =
  | { readonly kind: "pool" }
  | { readonly kind: "host"; readonly uuid: HostUuid }
  | { readonly kind: "vm"; readonly uuid: VmUuid };

/** A message for an administrator; `key` says what it is about, so that the same thing is not told twice. */
export interface Alert {
  readonly key: string;
  readonly from: FunctionName;
  readonly severity: Severity;
  readonly subject: string;
  /** Full sentences: what happened, what was done. */
  readonly body: string;
  /** What the administrator should do; empty when the body says it, or when there is nothing to do. */
  readonly advice: string;
  readonly target: AlertTarget;
  /** A condition is told when it begins or changes; an event each time. */
  readonly lasting: boolean;
  /** Clock.uptimeMs when it happened. */
  readonly atMs: number;
  /** It was held back since it was told last: how often it has happened since then, this time included. */
  readonly repeats: { readonly count: number; readonly sinceMs: number } | null;
}

/** Something worth a line in the log, and perhaps an alert. */
export interface Notice extends Omit<Alert, "atMs" | "repeats" | "target"> {
  readonly alert: boolean;
}

/** When an alert went out last, and how often it was held back since. */
export interface Told {
  readonly atMs: number;
  readonly heldBack: number;
}

/** What was already told: the conditions that hold, and when each alert went out last. */
export interface AlertMemory {
  readonly active: Readonly<Record<string, string>>;
  readonly told: Readonly<Record<string, Told>>;
  readonly queue: AlertQueue;
}

export const NO_ALERTS: AlertMemory = { active: {}, told: {}, queue: EMPTY_QUEUE };

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

/** A notice with what it is about. */
export type TargetedNotice = Notice & Pick<Alert, "target">;

/**
 * What of this round's notices is new. A condition that goes on is not repeated, neither in the log nor by mail; the
 * same alert does not go out twice within MAIL_SCREEN_TIME minutes, and the next one says how often it was held back.
 */
export function tellNotices(
  memory: AlertMemory,
  notices: readonly TargetedNotice[],
  nowMs: number,
  settings: AlertSettings,
): Telling {
  const screenMs = settings.MAIL_SCREEN_TIME * 60_000;
  const active: Record<string, string> = {};
  const told: Record<string, Told> = { ...forgetOld(memory.told, nowMs, screenMs) };
  const lines: TargetedNotice[] = [];
  const alerts: Alert[] = [];
  for (const notice of notices) {
    if (notice.lasting) {
      active[notice.key] = notice.body;
      if (memory.active[notice.key] === notice.body) continue;
    }
    lines.push(notice);
    if (!notice.alert) continue;
    const last = told[notice.key];
    if (last !== undefined && nowMs - last.atMs < screenMs) {
      told[notice.key] = { ...last, heldBack: last.heldBack + 1 };
      continue;
    }
    told[notice.key] = { atMs: nowMs, heldBack: 0 };
    const { alert: _, ...alert } = notice;
    const repeats =
      last === undefined || last.heldBack === 0 ? null : { count: last.heldBack + 1, sinceMs: last.atMs };
    alerts.push({ ...alert, atMs: nowMs, repeats });
  }
  return { memory: { ...memory, active, told }, lines, alerts };
}

/** What was held back is worth telling with the next alert of its kind, but not for ever. */
const REMEMBERED_MS = 24 * 60 * 60_000;

function forgetOld(
  told: Readonly<Record<string, Told>>,
  nowMs: number,
  screenMs: number,
): Readonly<Record<string, Told>> {
  const keeps = ({ atMs, heldBack }: Told) =>
    nowMs - atMs < (heldBack === 0 ? screenMs : Math.max(screenMs, REMEMBERED_MS));
  return Object.fromEntries(Object.entries(told).filter(([, last]) => keeps(last)));
}

/**
 * What was told in an earlier boot, in the times of this one. The time that the host was off counts as none, so an
 * alert is rather held back than told twice; conditions are logged anew.
 */
export function rebaseAlerts(memory: AlertMemory, lastSeenMs: number): AlertMemory {
  const endMs = Math.max(lastSeenMs, 0, ...Object.values(memory.told).map(({ atMs }) => atMs));
  const told = Object.entries(memory.told).map(([key, last]) => [key, { ...last, atMs: last.atMs - endMs }]);
  return { active: {}, told: Object.fromEntries(told), queue: rebaseQueue(memory.queue, endMs) };
}
