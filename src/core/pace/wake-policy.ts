import { isSetByPeople } from "../model/ha-flag.ts";

/** One change in the pool database, as `event.from` tells it (adapters/xapi/README.md, "Events"). */
export interface DatabaseEvent {
  /** Lower case: `pool`, `host_metrics`, `vm`. */
  readonly class: string;
  readonly operation: string;
  /** The record after the change; null when it is gone. */
  readonly snapshot: Readonly<Record<string, unknown>> | null;
}

/** The classes whose changes are worth a look. Hosts are not: our own marks are on them. */
export const WATCHED_CLASSES = ["pool", "host_metrics", "vm"] as const;

/** What is remembered from event to event: the pool's parameters and HA flag, as text. */
export interface WakeMemory {
  readonly parameters: string | null;
}

/**
 * Should an iteration look now (core/README.md, "What wakes the monitor")? When a VM is down and nobody is at it, when a host went off line, when a
 * parameter or the HA flag changed. Events are judged as they come and not kept, so the monitor stays small; what is not
 * seen here is seen after MONITOR_DELAY.
 */
export function judgeEvents(
  memory: WakeMemory,
  events: readonly DatabaseEvent[],
): { readonly memory: WakeMemory; readonly wakes: boolean } {
  let { parameters } = memory;
  let wakes = false;
  for (const { class: kind, snapshot } of events) {
    if (snapshot === null) continue;
    if (kind === "vm") wakes ||= isDown(snapshot);
    if (kind === "host_metrics") wakes ||= snapshot["live"] === false;
    if (kind !== "pool") continue;
    const now = parametersOf(snapshot["other_config"]);
    wakes ||= parameters !== null && now !== parameters;
    parameters = now;
  }
  return { memory: { parameters }, wakes };
}

/** Halted, with no operation under way: a start of ours is one. */
function isDown(vm: Readonly<Record<string, unknown>>): boolean {
  if (vm["power_state"] !== "Halted" || vm["is_a_template"] === true || vm["is_a_snapshot"] === true)
    return false;
  const operations = vm["current_operations"];
  return typeof operations !== "object" || operations === null || Object.keys(operations).length === 0;
}

/** Only what people set: the successor, which the program itself writes beside it, wakes nobody. */
function parametersOf(otherConfig: unknown): string {
  if (typeof otherConfig !== "object" || otherConfig === null) return "";
  const set = Object.entries(otherConfig).filter(([key]) => isSetByPeople(key));
  return JSON.stringify(set.sort(([a], [b]) => (a < b ? -1 : 1)));
}
