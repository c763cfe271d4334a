import { describe, expect, test } from "bun:test";
import { openDatagram } from "../../../../src/adapters/group/envelope.ts";
import {
  encodeAnswer,
  encodeQuestion,
  readAnswer,
  readQuestion,
} from "../../../../src/adapters/group/runs-codec.ts";
import { keyOf, TAG_BYTES, tagOf } from "../../../../src/adapters/group/tag.ts";
import type { RunsAnswer, RunsQuestion } from "../../../../src/core/group/message.ts";
import { vmUuid } from "../../../../src/core/model/ids.ts";
import { bootOf, contextOf, hostOf, OWN, POOL, vms } from "./messages.ts";

const KEY = keyOf("a secret that nobody has");
const HEAD = { from: hostOf(2), to: hostOf(1), number: { bootId: bootOf(2), ms: 5 } };

/** As host 1 understands it. */
function read(bytes: Buffer | null): RunsQuestion | RunsAnswer | null | string {
  if (bytes === null) return "not written";
  const opened = openDatagram(bytes, contextOf(3), [KEY]);
  if (!opened.ok) return opened.why;
  const { kind, head, content } = opened;
  return kind === "question" ? readQuestion(head, content) : readAnswer(head, content);
}

describe("a question and an answer come back as they were", () => {
  for (const count of [0, 1, 40])
    test(`of ${count} VMs`, () => {
      const question: RunsQuestion = { ...HEAD, id: 2 ** 32 - 1, vms: vms(count) };
      expect(read(encodeQuestion(question, POOL, KEY))).toEqual(question);
      const answer: RunsAnswer = { ...HEAD, id: 7, own: OWN, runs: vms(count) };
      expect(read(encodeAnswer(answer, POOL, KEY))).toEqual(answer);
    });

  test("of a host that cannot tell", () => {
    const answer: RunsAnswer = { ...HEAD, id: 7, own: { ...OWN, master: null }, runs: "unknown" };
    expect(read(encodeAnswer(answer, POOL, KEY))).toEqual(answer);
  });
});

test("too many VMs, and ids that are no uuids, are not written", () => {
  expect(encodeQuestion({ ...HEAD, id: 1, vms: vms(41) }, POOL, KEY)).toBeNull();
  expect(encodeQuestion({ ...HEAD, id: 1, vms: [vmUuid("web")] }, POOL, KEY)).toBeNull();
  expect(encodeAnswer({ ...HEAD, id: 1, own: OWN, runs: vms(41) }, POOL, KEY)).toBeNull();
});

describe("what no host writes is refused, whoever has signed it", () => {
  const question = encodeQuestion({ ...HEAD, id: 1, vms: vms(2) }, POOL, KEY) as Buffer;
  const answer = encodeAnswer({ ...HEAD, id: 1, own: OWN, runs: vms(2) }, POOL, KEY) as Buffer;
  const changed = (bytes: Buffer, at: number, value: number) => {
    const body = Buffer.from(bytes.subarray(0, -TAG_BYTES));
    body[at] = value;
    return Buffer.concat([body, tagOf(KEY, body)]);
  };
  const cut = (bytes: Buffer) => {
    const body = bytes.subarray(0, -TAG_BYTES - 1);
    return Buffer.concat([body, tagOf(KEY, body)]);
  };
  const rows: readonly [string, Buffer][] = [
    ["a question with another number of VMs", changed(question, 78, 3)],
    ["a question that is cut", cut(question)],
    ["an answer with another number of VMs", changed(answer, 127, 1)],
    ["an answer that knows neither yes nor no", changed(answer, 126, 2)],
    ["an answer that cannot tell, and tells", changed(answer, 126, 0)],
    ["an answer with a state that nobody has", changed(answer, 78, 255)],
  ];
  for (const [title, bytes] of rows) test(title, () => expect(read(bytes)).toBeNull());
});
