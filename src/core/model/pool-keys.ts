import { DISARM_KEY } from "./disarm-words.ts";
import type { HostUuid, VmUuid } from "./ids.ts";
import { parseOffice } from "./office.ts";

/** Keys of the program in the pool database, as HA-Lizard 2.x has them where it has them too. */

/** `pool.other_config`: the first successor. */
export const SUCCESSOR_KEY = "autopromote_uuid";
/** `pool.other_config`: the whole ranking, uuids with colons between. */
export const RANKING_KEY = "autopromote_ranking";
/** Value of SUCCESSOR_KEY when no slave can take over. */
export const NO_SUCCESSOR = "none_available";
/** `pool.other_config`: what 3.0.0-alpha.1 counted the take-overs in. */
export const EPOCH_KEY = "ha-lizard-epoch";
/**
 * `pool.other_config`: how often the master has put something new on its disk (core/members/on-disk.ts). A copy of the
 * database has the count of its time, which says whether it is old.
 */
export const CHANGES_KEY = "ha-lizard-changes";
/** `pool.other_config`: hosts that the first group of this pool is founded without (`ha-cfg ha-enable --without`), with colons between. */
export const WITHOUT_KEY = "ha-lizard-without";
/**
 * `pool.other_config`: the office of the master whose database this is (core/group/roll.ts). A database that was left behind by a
 * later master has another one, or none.
 */
export const OFFICE_KEY = "ha-lizard-office";
/** `pool.other_config`: everything above, all that the program notes there for itself. */
export const POOL_NOTE_KEYS: readonly string[] = [
  SUCCESSOR_KEY,
  RANKING_KEY,
  EPOCH_KEY,
  CHANGES_KEY,
  WITHOUT_KEY,
  OFFICE_KEY,
  DISARM_KEY,
];
/** `VM.other_config`: the uuid of the pool in which the VM ran last. */
export const HOME_POOL_KEY = "home-pool";
/** `VM.other_config`: the uuid of the VM that ran, so that the keys of a clone, a copy or an import count for nothing. */
export const RAN_KEY = "ha-lizard-ran";

/** The pool in which this very VM ran last; null when it never ran under this program, or its keys are another VM's. */
export function homePoolOf(vm: VmUuid, otherConfig: Readonly<Record<string, string>>): string | null {
  return otherConfig[RAN_KEY] === vm ? otherConfig[HOME_POOL_KEY] || null : null;
}

/** A heartbeat has four bytes for it. */
export const MOST_CHANGES = 2 ** 32 - 1;

/** The count of changes in the pool's keys; null: none is there, or what is there is no count. */
export function readChanges(otherConfig: Readonly<Record<string, string>>): number | null {
  const text = otherConfig[CHANGES_KEY] ?? "";
  const count = /^[1-9][0-9]{0,9}$/.test(text) ? Number(text) : 0;
  return count === 0 || count >= MOST_CHANGES ? null : count;
}

/** The office in the pool's keys; null: none is there, or what is there was not written by the program. */
export function readOffice(otherConfig: Readonly<Record<string, string>>): string | null {
  const text = otherConfig[OFFICE_KEY] ?? "";
  return parseOffice(text) === null ? null : text;
}

/** Hosts that were left out by name. */
export function readWithout(otherConfig: Readonly<Record<string, string>>): readonly HostUuid[] {
  return (otherConfig[WITHOUT_KEY] ?? "").split(":").filter((uuid) => uuid !== "") as HostUuid[];
}

/** The ranking as stored, from the pool's keys; `none_available` and absence are an empty ranking. */
export function readRanking(otherConfig: Readonly<Record<string, string>>): readonly HostUuid[] {
  const first = otherConfig[SUCCESSOR_KEY];
  if (first === undefined || first === NO_SUCCESSOR || first === "") return [];
  const rest = (otherConfig[RANKING_KEY] ?? "").split(":").filter((uuid) => uuid !== "" && uuid !== first);
  return [first, ...rest] as HostUuid[];
}
