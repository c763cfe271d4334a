import type { HostUuid, VmUuid } from "./ids.ts";

/** The function names of HA-Lizard's manual: LOG_<name> and MAIL_<name> in the override file switch each. */
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
