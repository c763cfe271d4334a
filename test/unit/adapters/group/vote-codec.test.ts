import { describe, expect, test } from "bun:test";
import { encodeHeartbeat } from "../../../../src/adapters/group/heartbeat-codec.ts";
import { keyOf, TAG_BYTES, tagOf } from "../../../../src/adapters/group/tag.ts";
import { VOTE_BYTES } from "../../../../src/adapters/group/vote-codec.ts";
import { NO_VOTE, type VoteWords } from "../../../../src/core/group/vote-words.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import { contextOf, decodeHeartbeat, heartbeat, hostOf, POOL, VOTE } from "./messages.ts";

const KEY = keyOf("a secret that nobody has");
/** Where it stands in the datagram of a heartbeat. */
const VOTE_AT = 145;
const [LEADER_AT, TERM_AT, ROLL_AT] = [VOTE_AT + 1, VOTE_AT + 17, VOTE_AT + 39];
const MOST_COUNT = 2 ** 48 - 1;
const MOST_VERSION = 2 ** 32 - 1;

const write = (vote: Partial<VoteWords>): Buffer | null =>
  encodeHeartbeat(heartbeat(3, { vote: { ...VOTE, ...vote } }), POOL, KEY);

function written(vote: Partial<VoteWords>): Buffer {
  const bytes = write(vote);
  if (bytes === null) throw new Error("It cannot be written");
  return bytes;
}

function read(bytes: Buffer): VoteWords | string {
  const decoded = decodeHeartbeat(bytes, contextOf(3), [KEY]);
  return decoded.ok ? decoded.message.vote : decoded.why;
}

/** With another byte there, and signed again: what somebody with the secret could send. */
function resigned(bytes: Buffer, at: number, value: number): Buffer {
  const body = Buffer.from(bytes.subarray(0, -TAG_BYTES));
  body[at] = value;
  return Buffer.concat([body, tagOf(KEY, body)]);
}

const NOTHING: VoteWords = {
  term: { count: 0, host: null },
  lead: { kind: "none" },
  leaseMs: null,
  roll: null,
  settled: false,
};

describe("what a host says of its vote comes back as it was", () => {
  const rows: readonly [string, Partial<VoteWords>][] = [
    ["no lease", { leaseMs: null }],
    ["the longest lease", { leaseMs: 300_000 }],
    ["no leader", { lead: { kind: "none" } }],
    ["told of one", { lead: { kind: "told" } }],
    ["hears one", { lead: { kind: "hears", leader: hostOf(2) } }],
    ["stands", { lead: { kind: "stands" } }],
    ["elected", { lead: { kind: "elected" } }],
    ["leads", { lead: { kind: "leads" } }],
    ["does not say", NO_VOTE],
    ["a roll that is not settled", { settled: false }],
    ["no roll", { roll: null }],
    ["nobody's term", { term: { count: 8, host: null } }],
    ["the highest count", { term: { count: MOST_COUNT, host: hostOf(3) } }],
    [
      "the highest version",
      { roll: { term: { count: MOST_COUNT, host: hostOf(3) }, version: MOST_VERSION } },
    ],
    ["nothing at all", NOTHING],
  ];
  for (const [what, vote] of rows)
    test(what, () => expect(read(written(vote))).toEqual({ ...VOTE, ...vote }));

  test("in 67 bytes", () => expect(VOTE_BYTES).toBe(67));
});

describe("what has no place there is not written", () => {
  const h1 = hostUuid("h1");
  const rows: readonly [string, Partial<VoteWords>][] = [
    ["a term of a host that is no uuid", { term: { count: 1, host: h1 } }],
    ["a count that is too high", { term: { count: MOST_COUNT + 1, host: null } }],
    ["a lease of no whole seconds", { leaseMs: 15_500 }],
    ["a lease of no time", { leaseMs: 0 }],
    ["a leader that is no uuid", { lead: { kind: "hears", leader: h1 } }],
    ["a roll of a host that is no uuid", { roll: { term: { count: 1, host: h1 }, version: 1 } }],
    ["a roll whose count is too high", { roll: { term: { count: MOST_COUNT + 1, host: null }, version: 1 } }],
    [
      "a roll whose version is too high",
      { roll: { term: { count: 1, host: null }, version: MOST_VERSION + 1 } },
    ],
  ];
  for (const [what, vote] of rows) test(what, () => expect(write(vote)).toBeNull());
});

describe("what no host writes is refused, whoever has signed it", () => {
  const good = written({});
  const none = written(NOTHING);
  const flags = good[VOTE_AT] ?? 0;
  const rows: readonly [string, Buffer][] = [
    ["a kind of leader that there is not", resigned(none, VOTE_AT, 7)],
    ["the last kind that there is not", resigned(none, VOTE_AT, 15)],
    ["a flag that there is not", resigned(good, VOTE_AT, flags | 64)],
    ["another one", resigned(good, VOTE_AT, flags | 128)],
    ["hears a leader, and names none", resigned(none, VOTE_AT, 2)],
    ["hears none, and names one", resigned(none, LEADER_AT + 15, 1)],
    ["has no roll, and a count of one", resigned(none, ROLL_AT + 5, 1)],
    ["has no roll, and the host of one", resigned(none, ROLL_AT + 6, 1)],
    ["has no roll, and the version of one", resigned(none, ROLL_AT + 25, 1)],
  ];
  for (const [what, bytes] of rows) test(what, () => expect(read(bytes)).toBe("malformed"));

  test("the bytes stand where these rows take them to be", () => {
    expect(read(resigned(none, TERM_AT + 5, 7))).toEqual({ ...NOTHING, term: { count: 7, host: null } });
    expect(read(resigned(good, ROLL_AT + 25, 3))).toMatchObject({ roll: { version: 3 } });
  });
});

test("there is one way to write it: whatever bit is changed, it is refused or written so again", () => {
  for (const bytes of [written({}), written(NOTHING), written({ lead: { kind: "leads" } })])
    for (let bit = 8 * VOTE_AT; bit < 8 * (VOTE_AT + VOTE_BYTES); bit++) {
      const at = bit >> 3;
      const changed = resigned(bytes, at, (bytes[at] ?? 0) ^ (1 << (bit & 7)));
      const vote = read(changed);
      if (typeof vote !== "string") expect([bit, written(vote).equals(changed)]).toEqual([bit, true]);
    }
});
