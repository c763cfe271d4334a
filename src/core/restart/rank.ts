import type { HaltedVm } from "../model/pool-view.ts";

/** More than any `VM.order`. */
const CLASS = 2 ** 40;

const CLASSES: Readonly<Record<HaltedVm["restartPriority"], number>> = {
  restart: 0,
  "": 1,
  "best-effort": 2,
};

/**
 * Which VMs are started before which: a lower rank first. By the class that `ha_restart_priority` names, those without one in
 * between; in it by `VM.order`, negative ones last, as XAPI's own HA has it.
 */
export function rankOf({ restartPriority, order }: Pick<HaltedVm, "restartPriority" | "order">): number {
  const last = CLASS - 1;
  return CLASSES[restartPriority] * CLASS + (order < 0 ? last : Math.min(order, last));
}
