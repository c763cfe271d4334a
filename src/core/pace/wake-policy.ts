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

/** What is remembered from event to event. */
export interface WakeMemory {
  /** The pool's parameters and HA flag, as text. */
  readonly parameters: string | null;
  /** Where VMs were seen running last, by their uuid: the host's reference. At most MOST_PLACES. */
  readonly places: ReadonlyMap<string, string>;
}

export const NOTHING_SEEN: WakeMemory = { parameters: null, places: new Map() };

/** The monitor stays small: of more VMs than that some wake once more. */
export const MOST_PLACES = 2_000;

/**
 * Should an iteration look now (core/README.md, "What wakes the monitor")? When a VM is down and nobody is at it, when one
 * runs where it was not seen before, when a host has joined or went off line, when a parameter or the HA flag changed.
 * What is not seen here is seen after MONITOR_DELAY.
 */
export function judgeEvents(
  memory: WakeMemory,
  events: readonly DatabaseEvent[],
): { readonly memory: WakeMemory; readonly wakes: boolean } {
  let { parameters } = memory;
  let wakes = false;
  const places = new Map(memory.places);
  for (const { class: kind, operation, snapshot } of events) {
    if (snapshot === null) continue;
    if (kind === "vm") {
      const isPlacedAnew = notePlace(places, snapshot);
      wakes ||= isPlacedAnew || isDown(snapshot);
    }
    if (kind === "host_metrics") wakes ||= operation === "add" || snapshot["live"] === false;
    if (kind !== "pool") continue;
    const now = parametersOf(snapshot["other_config"]);
    wakes ||= parameters !== null && now !== parameters;
    parameters = now;
  }
  return { memory: { parameters, places }, wakes };
}

type VmRecord = Readonly<Record<string, unknown>>;

/**
 * Was it started or moved, by whomever? Then the master's disk must know (core/members/on-disk.ts). One that was never seen
 * counts as such, once.
 */
function notePlace(places: Map<string, string>, vm: VmRecord): boolean {
  const { uuid, resident_on: host, power_state: state, is_control_domain: isControlDomain } = vm;
  if (typeof uuid !== "string" || typeof host !== "string") return false;
  if (isControlDomain === true || isBusy(vm)) return false;
  if (state !== "Running") {
    // Its next start is news, wherever that is.
    places.delete(uuid);
    return false;
  }
  if (places.get(uuid) === host) return false;
  // What was set first is what comes first: the oldest makes room.
  places.delete(uuid);
  if (places.size >= MOST_PLACES) for (const oldest of places.keys()) if (places.delete(oldest)) break;
  places.set(uuid, host);
  return true;
}

/** Halted, with no operation under way: a start of ours is one. */
function isDown(vm: VmRecord): boolean {
  if (vm["power_state"] !== "Halted" || vm["is_a_template"] === true || vm["is_a_snapshot"] === true)
    return false;
  return !isBusy(vm);
}

function isBusy(vm: VmRecord): boolean {
  const operations = vm["current_operations"];
  return typeof operations === "object" && operations !== null && Object.keys(operations).length > 0;
}

/** Only what people set: the successor, which the program itself writes beside it, wakes nobody. */
function parametersOf(otherConfig: unknown): string {
  if (typeof otherConfig !== "object" || otherConfig === null) return "";
  const set = Object.entries(otherConfig).filter(([key]) => isSetByPeople(key));
  return JSON.stringify(set.sort(([a], [b]) => (a < b ? -1 : 1)));
}
