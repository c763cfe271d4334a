import { MOST_ASKED } from "../../core/group/limits.ts";
import type { RunsAnswer, RunsQuestion } from "../../core/group/message.ts";
import { isUuid, type PoolUuid, type VmUuid, vmUuid } from "../../core/model/ids.ts";
import { readUuid, UUID_BYTES, writeUuid } from "./bytes.ts";
import { type Head, seal } from "./envelope.ts";
import { OWN_BYTES, readOwn, writeOwn } from "./own-state-codec.ts";

/*
 * "Who runs these VMs?" and its answer:
 *
 *   question    0  its id (4)   4  how many VMs, their uuids
 *   answer      0  the question's id (4)   4  what the host says of itself   52  does it know (1) or not (0)
 *              53  how many of these VMs it runs, their uuids
 */

const ID_BYTES = 4;
const KNOWN_AT = ID_BYTES + OWN_BYTES;

/** null when an id in it is no uuid, or there are too many. */
export function encodeQuestion(question: RunsQuestion, pool: PoolUuid, key: Buffer): Buffer | null {
  const content = contentOf(question.vms, ID_BYTES);
  if (content === null) return null;
  content.writeUInt32BE(question.id, 0);
  return seal("question", question, content, pool, key);
}

/** The id of a question, in it or in its answer; null: there is none. */
export function questionId(content: Buffer): number | null {
  return content.length < ID_BYTES ? null : content.readUInt32BE(0);
}

/** null: no host writes such a question. Never throws. */
export function readQuestion(head: Head, content: Buffer): RunsQuestion | null {
  const vms = readVms(content, ID_BYTES);
  return vms === null ? null : { ...head, id: content.readUInt32BE(0), vms };
}

/** null when an id in it is no uuid. */
export function encodeAnswer(answer: RunsAnswer, pool: PoolUuid, key: Buffer): Buffer | null {
  const { id, own, runs } = answer;
  if (own.master !== null && !isUuid(own.master)) return null;
  const content = contentOf(runs === "unknown" ? [] : runs, KNOWN_AT + 1);
  if (content === null) return null;
  content.writeUInt32BE(id, 0);
  writeOwn(content, ID_BYTES, own);
  content[KNOWN_AT] = runs === "unknown" ? 0 : 1;
  return seal("answer", answer, content, pool, key);
}

/** null: no host writes such an answer. Never throws. */
export function readAnswer(head: Head, content: Buffer): RunsAnswer | null {
  const vms = readVms(content, KNOWN_AT + 1);
  const own = vms === null ? null : readOwn(content, ID_BYTES);
  const known = content[KNOWN_AT];
  if (vms === null || own === null || (known !== 0 && known !== 1)) return null;
  if (known === 0 && vms.length > 0) return null;
  return { ...head, id: content.readUInt32BE(0), own, runs: known === 1 ? vms : "unknown" };
}

/** Room for `before` bytes, then the uuids. */
function contentOf(vms: readonly VmUuid[], before: number): Buffer | null {
  if (vms.length > MOST_ASKED || !vms.every(isUuid)) return null;
  const content = Buffer.alloc(before + 1 + UUID_BYTES * vms.length);
  content[before] = vms.length;
  for (const [index, vm] of vms.entries()) writeUuid(content, before + 1 + UUID_BYTES * index, vm);
  return content;
}

function readVms(content: Buffer, before: number): readonly VmUuid[] | null {
  const count = content[before];
  if (count === undefined || count > MOST_ASKED) return null;
  if (content.length !== before + 1 + UUID_BYTES * count) return null;
  return Array.from({ length: count }, (_, index) =>
    vmUuid(readUuid(content, before + 1 + UUID_BYTES * index)),
  );
}
