import type { RollId } from "../../core/group/roll.ts";
import type { Term } from "../../core/group/term.ts";
import type { Lead, VoteWords } from "../../core/group/vote-words.ts";
import { hostUuid } from "../../core/model/ids.ts";
import { MOST_TERMS, MOST_VERSIONS } from "../../core/model/office.ts";
import { hasBytes, NO_UUID, readHost, readUuid, UUID_BYTES, writeUuid } from "./bytes.ts";

/*
 * What a host says of its vote: who leads, with flags for a settled roll and for a roll at all (1), the leader that it hears
 * (zeros: none), its term, the id of its roll (zeros: none). A term is its count (6) and its host (zeros: nobody's), the id of
 * a roll is its term and the version (4). Last the seconds of its lease (2; zero: none).
 */

const COUNT_BYTES = 6;
const TERM_BYTES = COUNT_BYTES + UUID_BYTES;
export const ROLL_ID_BYTES = TERM_BYTES + 4;
export const LEASE_BYTES = 2;
const TERM_AT = 1 + UUID_BYTES;
const ROLL_AT = TERM_AT + TERM_BYTES;
const LEASE_AT = ROLL_AT + ROLL_ID_BYTES;
export const VOTE_BYTES = LEASE_AT + LEASE_BYTES;

const LEADS: readonly Lead["kind"][] = ["none", "told", "hears", "stands", "elected", "leads", "unsaid"];
const SETTLED = 16;
const ROLL = 32;
const KIND = 15;

/** Can it be written? */
export function hasVoteBytes({ term, lead, roll, leaseMs }: VoteWords): boolean {
  const leader = lead.kind === "hears" ? lead.leader : null;
  const hasWords = hasTermBytes(term) && (leader === null || hasBytes(leader));
  return hasWords && (roll === null || hasIdBytes(roll)) && hasLeaseBytes(leaseMs);
}

const SECOND_MS = 1_000;
const MOST_SECONDS = 2 ** (8 * LEASE_BYTES) - 1;

/** Whole seconds, as Xen's watchdog has them. */
export const hasLeaseBytes = (leaseMs: number | null): boolean =>
  leaseMs === null || (leaseMs > 0 && leaseMs % SECOND_MS === 0 && leaseMs / SECOND_MS <= MOST_SECONDS);

export function writeLease(bytes: Buffer, at: number, leaseMs: number | null): void {
  bytes.writeUInt16BE((leaseMs ?? 0) / SECOND_MS, at);
}

export const readLease = (bytes: Buffer, at: number): number | null =>
  bytes.readUInt16BE(at) * SECOND_MS || null;

export const hasIdBytes = ({ term, version }: RollId): boolean =>
  hasTermBytes(term) && version <= MOST_VERSIONS;

const hasTermBytes = ({ count, host }: Term): boolean =>
  count <= MOST_TERMS && (host === null || hasBytes(host));

export function writeVote(
  bytes: Buffer,
  at: number,
  { term, lead, roll, settled, leaseMs }: VoteWords,
): void {
  bytes[at] = LEADS.indexOf(lead.kind) | (settled ? SETTLED : 0) | (roll === null ? 0 : ROLL);
  if (lead.kind === "hears") writeUuid(bytes, at + 1, lead.leader);
  writeTerm(bytes, at + TERM_AT, term);
  if (roll !== null) writeRollId(bytes, at + ROLL_AT, roll);
  writeLease(bytes, at + LEASE_AT, leaseMs);
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
  const leaseMs = readLease(bytes, at + LEASE_AT);
  return { term, lead, roll: hasRoll ? roll : null, settled: (flags & SETTLED) !== 0, leaseMs };
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
