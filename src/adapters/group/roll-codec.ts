import { NO_DISARM } from "../../core/group/disarm.ts";
import { compareRollIds, isEachOnce, type Roll, type RollHost } from "../../core/group/roll.ts";
import type { RollMessage } from "../../core/group/roll-message.ts";
import { TIE_NAME } from "../../core/group/tie-name.ts";
import type { VoteWords } from "../../core/group/vote-words.ts";
import { hostUuid, type PoolUuid } from "../../core/model/ids.ts";
import { ANSWER_BYTES, readAnswered, writeAnswered } from "./answered-codec.ts";
import { hasBytes, NO_UUID, readUuid, UUID_BYTES, writeUuid } from "./bytes.ts";
import { bytesOfDisarm, hasDisarmBytes, isWritten, readDisarm, writeDisarm } from "./disarm-codec.ts";
import { type Head, seal } from "./envelope.ts";
import {
  hasIdBytes,
  hasLeaseBytes,
  hasVoteBytes,
  LEASE_BYTES,
  ROLL_ID_BYTES,
  readLease,
  readRollId,
  readVote,
  VOTE_BYTES,
  writeLease,
  writeRollId,
  writeVote,
} from "./vote-codec.ts";

/*
 * A roll on its way:
 *
 *    0  is there an answer (1) or not (0), the number that is answered
 *   23  what the sender says of its vote
 *   90  how many rolls follow, 1 or 2: the newest one, and the one before while that is not settled
 *   91  of each roll: its id, its XAPI master, the office of that one (the id of a roll), HA on (1) or off (0), and 2 more where it has
 *       something of a rest of HA, how many hosts,
 *       how long the name of its tie is (1; zero: it has none), that name; for each host: uuid, boot (zeros: not known), in maintenance (1) or not (0), seconds of its lease (2; zero: none);
 *       then of a rest of HA, where it has something of it: disarm-codec.ts
 */

const COUNT_AT = ANSWER_BYTES + VOTE_BYTES;
const ROLLS_AT = COUNT_AT + 1;
const MASTER_AT = ROLL_ID_BYTES;
const OFFICE_AT = MASTER_AT + UUID_BYTES;
const HA_AT = OFFICE_AT + ROLL_ID_BYTES;
const TIE_AT = HA_AT + 2;
const NAME_AT = TIE_AT + 1;
const LEASE_AT = 2 * UUID_BYTES + 1;
/** Beside the flag of HA: something of a rest of HA follows. */
const WITH_DISARM = 2;
const HOST_BYTES = LEASE_AT + LEASE_BYTES;

/** null when something in it has no place there. */
export function encodeRoll(message: RollMessage, pool: PoolUuid, key: Buffer): Buffer | null {
  const { answers, vote, roll, before } = message;
  const rolls = before === null ? [roll] : [roll, before];
  const isWritable = rolls.every(hasRollBytes) && (answers === null || hasBytes(answers.bootId));
  if (!isWritable || !hasVoteBytes(vote)) return null;
  const content = Buffer.alloc(ROLLS_AT + rolls.reduce((sum, one) => sum + bytesOfRoll(one), 0));
  writeAnswered(content, 0, answers);
  writeVote(content, ANSWER_BYTES, vote);
  content[COUNT_AT] = rolls.length;
  let at = ROLLS_AT;
  for (const one of rolls) {
    writeRoll(content, at, one);
    at += bytesOfRoll(one);
  }
  return seal("roll", message, content, pool, key);
}

function hasRollBytes({ id, office, master, hosts, tie, disarm }: Roll): boolean {
  const known = hosts.every(
    ({ host, bootId, leaseMs }) =>
      hasBytes(host) && (bootId === null || hasBytes(bootId)) && hasLeaseBytes(leaseMs),
  );
  const isNamed = tie === null || TIE_NAME.test(tie);
  return (
    known &&
    isNamed &&
    hasDisarmBytes(disarm) &&
    isEachOnce(hosts) &&
    hasBytes(master) &&
    [id, office].every(hasIdBytes)
  );
}

const bytesOfRoll = ({ hosts, tie, disarm }: Roll): number =>
  NAME_AT + (tie?.length ?? 0) + HOST_BYTES * hosts.length + bytesOfDisarm(disarm);

function writeRoll(bytes: Buffer, start: number, roll: Roll): void {
  const { id, master, office, ha, hosts, tie, disarm } = roll;
  writeRollId(bytes, start, id);
  writeUuid(bytes, start + MASTER_AT, master);
  writeRollId(bytes, start + OFFICE_AT, office);
  bytes[start + HA_AT] = (ha ? 1 : 0) + (isWritten(disarm) ? WITH_DISARM : 0);
  bytes[start + HA_AT + 1] = hosts.length;
  bytes[start + TIE_AT] = tie?.length ?? 0;
  let at = start + NAME_AT + bytes.write(tie ?? "", start + NAME_AT, "latin1");
  for (const { host, bootId, maintenance, leaseMs } of hosts) {
    writeUuid(bytes, at, host);
    if (bootId !== null) writeUuid(bytes, at + UUID_BYTES, bootId);
    bytes[at + 2 * UUID_BYTES] = maintenance ? 1 : 0;
    writeLease(bytes, at + LEASE_AT, leaseMs);
    at += HOST_BYTES;
  }
  if (isWritten(disarm)) writeDisarm(bytes, at, disarm);
}

/** null: no host writes such a message. Never throws. */
export function readRollMessage(head: Head, content: Buffer): RollMessage | null {
  if (content.length < ROLLS_AT) return null;
  const answers = readAnswered(content, 0);
  const vote = readVote(content, ANSWER_BYTES);
  const count = content[COUNT_AT];
  const first = readRoll(content, ROLLS_AT);
  if (answers === "odd" || vote === null || first === null) return null;
  const { roll, end } = first;
  const second = count === 2 ? readRoll(content, end) : null;
  const isWhole = count === 2 ? second?.end === content.length : count === 1 && end === content.length;
  const before = second?.roll ?? null;
  return isWhole && fits(vote, roll, before) ? { ...head, answers, vote, roll, before } : null;
}

/** Does it say of the roll what the roll says? */
function fits({ roll: id, settled }: VoteWords, roll: Roll, before: Roll | null): boolean {
  const isOlder = before === null || compareRollIds(before.id, roll.id) < 0;
  return isOlder && settled === (before === null) && compareRollIds(id, roll.id) === 0;
}

function readRoll(bytes: Buffer, start: number): { readonly roll: Roll; readonly end: number } | null {
  if (bytes.length < start + NAME_AT) return null;
  const flags = bytes[start + HA_AT] ?? 0;
  const [ha, count] = [readFlag(flags % WITH_DISARM), bytes[start + HA_AT + 1] ?? 0];
  const first = start + NAME_AT + (bytes[start + TIE_AT] ?? 0);
  const last = first + HOST_BYTES * count;
  if (flags >= 2 * WITH_DISARM || ha === null || bytes.length < last) return null;
  const name = bytes.toString("latin1", start + NAME_AT, first);
  if (name !== "" && !TIE_NAME.test(name)) return null;
  const hosts: RollHost[] = [];
  for (let at = first; at < last; at += HOST_BYTES) {
    const bootId = readUuid(bytes, at + UUID_BYTES);
    const maintenance = readFlag(bytes[at + 2 * UUID_BYTES]);
    if (maintenance === null) return null;
    hosts.push({
      host: hostUuid(readUuid(bytes, at)),
      bootId: bootId === NO_UUID ? null : bootId,
      maintenance,
      leaseMs: readLease(bytes, at + LEASE_AT),
    });
  }
  const master = hostUuid(readUuid(bytes, start + MASTER_AT));
  if (!isEachOnce(hosts) || !hosts.some(({ host }) => host === master) || !hosts.every(isNamed)) return null;
  const [id, office] = [readRollId(bytes, start), readRollId(bytes, start + OFFICE_AT)];
  // Nobody is named in a later roll.
  if (compareRollIds(office, id) > 0) return null;
  const tie = name === "" ? null : name;
  const rest = flags < WITH_DISARM ? { record: NO_DISARM, end: last } : readDisarm(bytes, last);
  if (rest === null) return null;
  return { roll: { id, hosts, master, office, ha, tie, disarm: rest.record }, end: rest.end };
}

const isNamed = ({ host }: RollHost): boolean => host !== NO_UUID;

const readFlag = (byte: number | undefined): boolean | null => (byte === 0 || byte === 1 ? byte === 1 : null);
