import type { Fields } from "../database.ts";
import recorded from "./templates.json" with { type: "json" };

/**
 * Records as a real xapi (26.1) gave them, with every field; the world puts its own values into copies. Those of network, VIF, VM_group and
 * VM_guest_metrics are made from XAPI's data model.
 */
export const TEMPLATES: Readonly<Record<TemplateName, Fields>> = recorded as unknown as Record<
  TemplateName,
  Fields
>;

export type TemplateName =
  | "pool"
  | "host"
  | "host_metrics"
  | "VM"
  | "control_domain"
  | "VM_appliance"
  | "VM_group"
  | "VM_guest_metrics"
  | "SR"
  | "PBD"
  | "PIF"
  | "network"
  | "VIF"
  | "VDI"
  | "VBD"
  | "task"
  | "session"
  | "message";
