import { type Disarm, type DisarmRecord, NO_DISARM } from "../../core/group/disarm.ts";
import { compareRollIds, isEachOnce, type Roll, type RollHost, type RollId } from "../../core/group/roll.ts";
import type { Stored } from "../../core/group/stored.ts";
import type { Term } from "../../core/group/term.ts";
import { TIE_NAME } from "../../core/group/tie-name.ts";
import { type Check, isFlag, listOf, nullOr, objectOf } from "../../core/memory/shape.ts";
import { type HostUuid, isUuid, type PoolUuid } from "../../core/model/ids.ts";
import { isDisarmRecord } from "./disarm-codec.ts";

/* What a host stores, as text: JSON, and read strictly, for nobody else writes it. */

const isCount: Check<number> = (value): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isBoot: Check<string> = (value): value is string => typeof value === "string" && isUuid(value);
const isHost = (value: unknown): value is HostUuid => isBoot(value);

const isTie = (value: unknown): value is string => typeof value === "string" && TIE_NAME.test(value);

const isTerm = objectOf<Term>({ count: isCount, host: nullOr(isHost) });
const isId = objectOf<RollId>({ term: isTerm, version: isCount });
const isEntry = objectOf<RollHost>({
  host: isHost,
  bootId: nullOr(isBoot),
  maintenance: isFlag,
  leaseMs: nullOr(isCount),
});
const isShapedRoll = objectOf<Roll>({
  id: isId,
  hosts: listOf(isEntry),
  master: isHost,
  office: isId,
  ha: isFlag,
  tie: nullOr(isTie),
  disarm: objectOf<DisarmRecord>({
    word: isCount,
    of: listOf(objectOf<Disarm>({ host: nullOr(isHost), leftMs: isCount })),
  }),
});
const isRoll: Check<Roll> = (value): value is Roll =>
  isShapedRoll(value) &&
  isEachOnce(value.hosts) &&
  isDisarmRecord(value.disarm) &&
  compareRollIds(value.office, value.id) <= 0;
const isPool = (value: unknown): value is PoolUuid => isBoot(value);
const isKept = objectOf<KeptVote>({
  pool: isPool,
  term: isTerm,
  roll: nullOr(isRoll),
  before: nullOr(isRoll),
});

/** In one pool. */
export interface KeptVote extends Stored {
  readonly pool: PoolUuid;
}

export function writeStored(kept: KeptVote): string {
  return JSON.stringify(kept);
}

/** null: this program does not write such a text. Never throws. */
export function readStored(text: string): KeptVote | null {
  try {
    const value = completed(JSON.parse(text));
    return isKept(value) && (value.roll !== null || value.before === null) ? value : null;
  } catch {
    return null;
  }
}

type Loose = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Loose =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What versions before this one have stored. */
function completed(value: unknown): unknown {
  if (!isObject(value)) return value;
  const complete = (roll: unknown) => withDisarm(withTie(withLeases(withOffice(roll))));
  return { ...value, roll: complete(value["roll"]), before: complete(value["before"]) };
}

/**
 * Rolls had no office once. Then each counts as the one in which its master was named: no database has that office, so none passes for the
 * right one before the master has written it, and rolls with different masters have different ones.
 */
function withOffice(roll: unknown): unknown {
  return isObject(roll) && !("office" in roll) ? { ...roll, office: roll["id"] } : roll;
}

/** Nor had hosts leases: nobody had one. */
function withLeases(roll: unknown): unknown {
  if (!isObject(roll) || !Array.isArray(roll["hosts"])) return roll;
  const hosts = roll["hosts"].map((one: unknown) => (isObject(one) ? { leaseMs: null, ...one } : one));
  return { ...roll, hosts };
}

/** Nor had they ties. */
function withTie(roll: unknown): unknown {
  return isObject(roll) ? { tie: null, ...roll } : roll;
}

/** Nor did HA rest. */
function withDisarm(roll: unknown): unknown {
  return isObject(roll) ? { disarm: NO_DISARM, ...roll } : roll;
}
