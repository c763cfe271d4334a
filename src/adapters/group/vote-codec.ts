import type { RollId } from "../../core/group/roll.ts";
import type { Term } from "../../core/group/term.ts";
import type { Lead, VoteWords } from "../../core/group/vote-words.ts";
import { hostUuid } from "../../core/model/ids.ts";
import { MOST_TERMS, MOST_VERSIONS } from "../../core/model/office.ts";
import { hasBytes, NO_UUID, readHost, readUuid, UUID_BYTES, writeUuid } from "./bytes.ts";

/*
 * What a host says of its vote: who leads, with flags for a settled roll and for a roll at all (1), the leader that it hears
 * (zeros: none), its term, the id of its roll (zeros: none). A term is its count (6) and its host (zeros: nobody's), the id of
 * a roll is its term and the version (4).
 */

const COUNT_BYTES = 6;
const TERM_BYTES = COUNT_BYTES + UUID_BYTES;
export const ROLL_ID_BYTES = TERM_BYTES + 4;
const TERM_AT = 1 + UUID_BYTES;
const ROLL_AT = TERM_AT + TERM_BYTES;
export const VOTE_BYTES = ROLL_AT + ROLL_ID_BYTES;

const LEADS: readonly Lead["kind"][] = ["none", "told", "hears", "stands", "elected", "leads", "unsaid"];
const SETTLED = 16;
const ROLL = 32;
const KIND = 15;

/** Can it be written? */
export function hasVoteBytes({ term, lead, roll }: VoteWords): boolean {
  const leader = lead.kind === "hears" ? lead.leader : null;
  return hasTermBytes(term) && (leader === null || hasBytes(leader)) && (roll === null || hasIdBytes(roll));
}

export const hasIdBytes = ({ term, version }: RollId): boolean =>
  hasTermBytes(term) && version <= MOST_VERSIONS;

const hasTermBytes = ({ count, host }: Term): boolean =>
  count <= MOST_TERMS && (host === null || hasBytes(host));

export function writeVote(bytes: Buffer, at: number, { term, lead, roll, settled }: VoteWords): void {
  bytes[at] = LEADS.indexOf(lead.kind) | (settled ? SETTLED : 0) | (roll === null ? 0 : ROLL);
  if (lead.kind === "hears") writeUuid(bytes, at + 1, lead.leader);
  writeTerm(bytes, at + TERM_AT, term);
  if (roll !== null) writeRollId(bytes, at + ROLL_AT, roll);
}

/** null: no host writes that. */
export function readVote(bytes: Buffer, at: number): VoteWords | null {
  const flags = bytes[at] ?? 0;
  const lead = readLead(LEADS[flags & KIND], readUuid(bytes, at + 1));
  const roll = readRollId(bytes, at + ROLL_AT);
  const hasRoll = (flags & ROLL) !== 0;
  if (lead === null || (flags & ~(KIND | SETTLED | ROLL)) !== 0) return null;
  if (!hasRoll && !isEmpty(roll)) return null;
  const term = readTerm(bytes, at + TERM_AT);
  return { term, lead, roll: hasRoll ? roll : null, settled: (flags & SETTLED) !== 0 };
}

function readLead(kind: Lead["kind"] | undefined, leader: string): Lead | null {
  if (kind === undefined || (kind === "hears") === (leader === NO_UUID)) return null;
  return kind === "hears" ? { kind, leader: hostUuid(leader) } : { kind };
}

const isEmpty = ({ term, version }: RollId): boolean =>
  term.count === 0 && term.host === null && version === 0;

function writeTerm(bytes: Buffer, at: number, { count, host }: Term): void {
  bytes.writeUIntBE(count, at, COUNT_BYTES);
  if (host !== null) writeUuid(bytes, at + COUNT_BYTES, host);
}

function readTerm(bytes: Buffer, at: number): Term {
  return { count: bytes.readUIntBE(at, COUNT_BYTES), host: readHost(bytes, at + COUNT_BYTES) };
}

export function writeRollId(bytes: Buffer, at: number, { term, version }: RollId): void {
  writeTerm(bytes, at, term);
  bytes.writeUInt32BE(version, at + TERM_BYTES);
}

export function readRollId(bytes: Buffer, at: number): RollId {
  return { term: readTerm(bytes, at), version: bytes.readUInt32BE(at + TERM_BYTES) };
}
