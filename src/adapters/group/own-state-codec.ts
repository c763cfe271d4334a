import { officeOf, officeText, type RollId } from "../../core/group/roll.ts";
import type { OwnState } from "../../core/model/hearing.ts";
import { MOST_CHANGES } from "../../core/model/pool-keys.ts";
import { hasBytes, readHost, UUID_BYTES, writeUuid } from "./bytes.ts";
import { ROLL_ID_BYTES, readRollId, writeRollId } from "./vote-codec.ts";

/*
 * What a host says of itself: role and state of xapi in one byte, flags in the next, its master (zeros: none),
 * the count of changes in its copy of the database (zero: not known), and the office in its database (zeros: none).
 */

const CHANGES_AT = 2 + UUID_BYTES;
const OFFICE_AT = CHANGES_AT + 4;
export const OWN_BYTES = OFFICE_AT + ROLL_ID_BYTES;
const ROLES: readonly OwnState["role"][] = ["unknown", "master", "slave", "broken"];
const XAPI: readonly OwnState["xapi"][] = ["silent", "starting", "serving", "lost", "held"];
const FLAG = { startComplete: 1, enabledKnown: 2, enabled: 4, haKnown: 8, ha: 16, leaving: 32 } as const;
const ALL_FLAGS = 63;

/** Can it be written? */
export function hasOwnBytes({ master }: OwnState): boolean {
  return master === null || hasBytes(master);
}

export function writeOwn(bytes: Buffer, at: number, own: OwnState): void {
  bytes[at] = (ROLES.indexOf(own.role) << 4) | XAPI.indexOf(own.xapi);
  bytes[at + 1] = flagsOf(own);
  if (own.master !== null) writeUuid(bytes, at + 2, own.master);
  const changes = own.changes ?? 0;
  bytes.writeUInt32BE(changes > MOST_CHANGES ? 0 : changes, at + CHANGES_AT);
  // What is no office is not said; it comes from the database, and silences nobody.
  const office = own.office === null ? null : officeOf(own.office);
  if (office !== null) writeRollId(bytes, at + OFFICE_AT, office);
}

function flagsOf({ startComplete, enabled, haWished, leaving }: OwnState): number {
  return (
    (startComplete ? FLAG.startComplete : 0) |
    (enabled === null ? 0 : FLAG.enabledKnown | (enabled ? FLAG.enabled : 0)) |
    (haWished === null ? 0 : FLAG.haKnown | (haWished ? FLAG.ha : 0)) |
    (leaving ? FLAG.leaving : 0)
  );
}

/** null: no host writes that. */
export function readOwn(bytes: Buffer, at: number): OwnState | null {
  const kinds = bytes[at] ?? 0;
  const flags = bytes[at + 1] ?? 0;
  const role = ROLES[kinds >> 4];
  const xapi = XAPI[kinds & 15];
  const isSet = (flag: number) => (flags & flag) !== 0;
  const oddly = (value: number, known: number) => isSet(value) && !isSet(known);
  const office = readOffice(readRollId(bytes, at + OFFICE_AT));
  if (role === undefined || xapi === undefined || office === "odd" || (flags & ~ALL_FLAGS) !== 0) return null;
  if (oddly(FLAG.enabled, FLAG.enabledKnown) || oddly(FLAG.ha, FLAG.haKnown)) return null;
  return {
    role,
    master: readHost(bytes, at + 2),
    xapi,
    startComplete: isSet(FLAG.startComplete),
    enabled: isSet(FLAG.enabledKnown) ? isSet(FLAG.enabled) : null,
    haWished: isSet(FLAG.haKnown) ? isSet(FLAG.ha) : null,
    leaving: isSet(FLAG.leaving),
    changes: bytes.readUInt32BE(at + CHANGES_AT) || null,
    office,
  };
}

/** odd: no host writes that. */
function readOffice(id: RollId): string | null | "odd" {
  const { term, version } = id;
  if (term.count === 0 && term.host === null && version === 0) return null;
  const text = officeText(id);
  return officeOf(text) === null ? "odd" : text;
}
