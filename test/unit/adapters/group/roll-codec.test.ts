import { describe, expect, test } from "bun:test";
import { LONGEST_ROLL_BYTES, openDatagram } from "../../../../src/adapters/group/envelope.ts";
import { encodeRoll, readRollMessage } from "../../../../src/adapters/group/roll-codec.ts";
import { keyOf, TAG_BYTES, tagOf } from "../../../../src/adapters/group/tag.ts";
import { type DisarmRecord, NO_DISARM } from "../../../../src/core/group/disarm.ts";
import type { Roll, RollHost } from "../../../../src/core/group/roll.ts";
import type { RollMessage } from "../../../../src/core/group/roll-message.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import { bootOf, contextOf, hostOf, POOL, VOTE } from "./messages.ts";

const KEY = keyOf("a secret that nobody has");
/** Where things stand in the datagram. */
const [COUNT_AT, ROLL_AT] = [164, 165];
const [HA_AT, NAME_AT, HOSTS_AT] = [ROLL_AT + 68, ROLL_AT + 71, ROLL_AT + 71];
const TIE = "5.h1.2.beef.ssh.0123456789abcdef";
const HOST_BYTES = 35;

const hostAt = (_: unknown, index: number): RollHost => ({
  host: hostOf(index + 1),
  bootId: bootOf(index + 1),
  maintenance: false,
  leaseMs: index % 2 === 0 ? 15_000 : null,
});

/** The so many first hosts of a pool, with HA on. */
const rollOf = (count: number, version = 2): Roll => ({
  id: { term: { count: 6, host: hostOf(1) }, version },
  hosts: Array.from({ length: count }, hostAt),
  master: hostOf(1),
  office: { term: { count: 5, host: hostOf(3) }, version: 4 },
  ha: true,
  tie: null,
  disarm: NO_DISARM,
});

const RESTS: DisarmRecord = {
  word: 1_795_842_000,
  of: [
    { host: null, leftMs: 7_200_000 },
    { host: hostOf(3), leftMs: 1 },
  ],
};
const MOST: DisarmRecord = {
  word: 99_999_999_999_999,
  of: Array.from({ length: 16 }, (_, at) => ({ host: hostOf(at + 1), leftMs: 86_400_000 })),
};

/** From host 2 to host 1. */
const messageOf = (over: Partial<RollMessage> = {}): RollMessage => ({
  from: hostOf(2),
  to: hostOf(1),
  number: { bootId: bootOf(2), ms: 123_456_789_012 },
  answers: { bootId: bootOf(1), ms: 42 },
  vote: {
    ...VOTE,
    roll: over.roll === undefined ? rollOf(3).id : over.roll.id,
    settled: (over.before ?? null) === null,
  },
  roll: rollOf(3),
  before: null,
  ...over,
});

const write = (over: Partial<RollMessage> = {}): Buffer | null => encodeRoll(messageOf(over), POOL, KEY);

function written(over: Partial<RollMessage> = {}): Buffer {
  const bytes = write(over);
  if (bytes === null) throw new Error("It cannot be written");
  return bytes;
}

/** As host 1 understands it. */
function read(bytes: Buffer): RollMessage | string {
  const opened = openDatagram(bytes, contextOf(3), [KEY]);
  if (!opened.ok) return opened.why;
  if (opened.kind !== "roll") return opened.kind;
  return readRollMessage(opened.head, opened.content) ?? "malformed";
}

/** The same bytes with some changed, and signed again: what somebody with the secret could send. */
function resigned(bytes: Buffer, change: (body: Buffer) => Buffer): Buffer {
  const body = change(Buffer.from(bytes.subarray(0, -TAG_BYTES)));
  return Buffer.concat([body, tagOf(KEY, body)]);
}

const set = (bytes: Buffer, at: number, value: number) =>
  resigned(bytes, (body) => {
    body[at] = value;
    return body;
  });

describe("a roll comes back as it was", () => {
  const host = (over: Partial<RollHost>): RollHost => ({ ...hostAt(null, 0), ...over });
  const rows: readonly [string, Partial<RollMessage>][] = [
    ["of three hosts", {}],
    ["of one host", { roll: rollOf(1) }],
    ["with the one before", { before: rollOf(2, 1) }],
    ["of 64 hosts, twice", { roll: rollOf(64), before: rollOf(64, 1) }],
    ["to a host that was not heard yet", { answers: null }],
    ["HA is off", { roll: { ...rollOf(3), ha: false } }],
    ["another host is XAPI master", { roll: { ...rollOf(3), master: hostOf(3) } }],
    ["its master was named in this one", { roll: { ...rollOf(3), office: rollOf(3).id } }],
    ["a boot that is not known", { roll: { ...rollOf(3), hosts: [host({ bootId: null })] } }],
    [
      "a host in maintenance",
      { roll: { ...rollOf(3), hosts: [host({ maintenance: true, leaseMs: null })] } },
    ],
    ["its hosts in another order", { roll: { ...rollOf(3), hosts: [...rollOf(3).hosts].reverse() } }],
    ["it has a tie", { roll: { ...rollOf(3), tie: TIE }, before: { ...rollOf(2, 1), tie: "7.h.1" } }],
    ["the longest name of a tie", { roll: { ...rollOf(3), tie: "a".repeat(100) } }],
    ["HA rests for the pool", { roll: { ...rollOf(3), disarm: RESTS } }],
    ["HA is off, and a word was taken", { roll: { ...rollOf(3), ha: false, disarm: { word: 9, of: [] } } }],
    ["the one before rested", { before: { ...rollOf(2, 1), disarm: RESTS } }],
    [
      "the most of everything",
      {
        roll: { ...rollOf(64), disarm: MOST },
        before: { ...rollOf(64, 1), disarm: MOST, tie: "a".repeat(100) },
      },
    ],
    ["another vote", { vote: { ...VOTE, lead: { kind: "leads" } } }],
    ["a term that nobody has", { vote: { ...VOTE, term: { count: 9, host: null } } }],
  ];
  for (const [what, over] of rows) test(what, () => expect(read(written(over))).toEqual(messageOf(over)));
});

test("a roll that has nothing of a rest is written as by versions that do not know it", () =>
  expect(written({ roll: { ...rollOf(3), disarm: RESTS } }).length - written().length).toBe(7 + 2 * 20));

describe("its size", () => {
  const rows: readonly [number, number, number][] = [
    [3, 357, 533],
    [64, 2_492, 4_803],
  ];
  for (const [hosts, one, two] of rows)
    test(`of ${hosts} hosts: ${one} bytes, with the one before ${two}`, () => {
      expect(written({ roll: rollOf(hosts) }).length).toBe(one);
      expect(written({ roll: rollOf(hosts), before: rollOf(hosts, 1) }).length).toBe(two);
    });

  test("16 hosts fit into one packet together with the one before, 17 do not", () => {
    const size = (hosts: number) => written({ roll: rollOf(hosts), before: rollOf(hosts, 1) }).length;
    // An Ethernet frame has 1,500 bytes, the heads of IPv4 and UDP 28.
    expect([size(16) <= 1_472, size(17) <= 1_472]).toEqual([true, false]);
  });
});

describe("what has no place there is not written", () => {
  const h1 = hostUuid("h1");
  const [first] = rollOf(1).hosts;
  const rows: readonly [string, Partial<RollMessage>][] = [
    ["a sender that is no uuid", { from: h1 }],
    ["a boot of the sender that is no uuid", { number: { bootId: "boot", ms: 1 } }],
    ["an answered boot that is no uuid", { answers: { bootId: "boot", ms: 1 } }],
    ["a vote for a host that is no uuid", { vote: { ...VOTE, term: { count: 1, host: h1 } } }],
    ["a rest of nobody's", { roll: { ...rollOf(3), disarm: { word: 1, of: [{ host: h1, leftMs: 1 }] } } }],
    [
      "the same rest twice",
      {
        roll: {
          ...rollOf(3),
          disarm: { word: 1, of: [RESTS.of[0], RESTS.of[0]].flatMap((one) => one ?? []) },
        },
      },
    ],
    ["a rest that is over", { roll: { ...rollOf(3), disarm: { word: 1, of: [{ host: null, leftMs: 0 }] } } }],
    [
      "half a millisecond",
      { roll: { ...rollOf(3), disarm: { word: 1, of: [{ host: null, leftMs: 0.5 }] } } },
    ],
    [
      "more rests than there may be",
      { roll: { ...rollOf(3), disarm: { word: 1, of: [...MOST.of, ...RESTS.of.slice(0, 1)] } } },
    ],
    ["a word that is no number", { roll: { ...rollOf(3), disarm: { word: -1, of: [] } } }],
    ["a master that is no uuid", { roll: { ...rollOf(3), master: h1 } }],
    ["a host that is no uuid", { roll: { ...rollOf(3), hosts: [{ ...hostAt(null, 0), host: h1 }] } }],
    ["its boot that is none", { roll: { ...rollOf(3), hosts: [{ ...hostAt(null, 0), bootId: "boot" }] } }],
    [
      "an id of a host that is no uuid",
      { roll: { ...rollOf(3), id: { term: { count: 1, host: h1 }, version: 1 } } },
    ],
    [
      "an office of a host that is no uuid",
      { roll: { ...rollOf(3), office: { term: { count: 1, host: h1 }, version: 1 } } },
    ],
    ["a version that is too high", { roll: rollOf(3, 2 ** 32) }],
    ["a tie with a name that no file may have", { roll: { ...rollOf(3), tie: "../a" } }],
    ["a tie with a name that is too long", { roll: { ...rollOf(3), tie: "a".repeat(101) } }],
    ["65 hosts", { roll: rollOf(65) }],
    ["the same in the one before", { before: { ...rollOf(3), master: h1 } }],
  ];
  for (const [what, over] of rows) test(what, () => expect(write(over)).toBeNull());

  test("what differs from these rows is", () =>
    expect(write({ roll: { ...rollOf(3), hosts: first === undefined ? [] : [first] } })).not.toBeNull());
});

describe("what no host writes is refused, whoever has signed it", () => {
  const one = written();
  const tied = written({ roll: { ...rollOf(3), tie: TIE } });
  const two = written({ before: rollOf(3, 1) });
  const tail = (count: number) => (body: Buffer) => Buffer.concat([body, Buffer.alloc(count)]);
  const rows: readonly [string, Buffer][] = [
    ["nothing in it", resigned(one, (body) => body.subarray(0, 74))],
    ["it ends before its rolls", resigned(one, (body) => body.subarray(0, ROLL_AT))],
    ["it ends before its hosts", resigned(one, (body) => body.subarray(0, HOSTS_AT))],
    ["it ends in the head of its roll", resigned(one, (body) => body.subarray(0, HOSTS_AT - 1))],
    ["a byte more", resigned(one, tail(1))],
    ["a byte less", resigned(one, (body) => body.subarray(0, -1))],
    ["a host more than it says", resigned(one, tail(HOST_BYTES))],
    ["a byte more behind the second roll", resigned(two, tail(1))],
    ["a byte less of the second roll", resigned(two, (body) => body.subarray(0, -1))],
    ["no roll", set(one, COUNT_AT, 0)],
    ["two rolls, and one is there", set(one, COUNT_AT, 2)],
    ["one roll, and two are there", set(two, COUNT_AT, 1)],
    ["three rolls", set(two, COUNT_AT, 3)],
    ["an answer that is neither there nor not", set(one, 74, 2)],
    ["an answer that is not there, and its bytes", set(one, 74, 0)],
    ["a vote that nobody has", set(one, 97, 255)],
    ["a flag that no version has", set(one, HA_AT, 4)],
    ["a rest that is not there", set(one, HA_AT, 3)],
    [
      "a rest that stands there, and is not said",
      set(written({ roll: { ...rollOf(3), disarm: RESTS } }), HA_AT, 1),
    ],
    ["its master was named in a later one", set(one, HA_AT - 26 + 5, 7)],
    ["no hosts", resigned(set(one, HA_AT + 1, 0), (body) => body.subarray(0, HOSTS_AT))],
    ["more hosts than there are", set(one, HA_AT + 1, 4)],
    ["fewer hosts than there are", set(one, HA_AT + 1, 2)],
    ["a host neither in maintenance nor not", set(one, HOSTS_AT + HOST_BYTES - 3, 2)],
    ["a tie whose name no file may have", set(tied, NAME_AT, 0x2f)],
    ["a tie whose name ends later", set(tied, NAME_AT - 1, TIE.length + 1)],
    ["a tie whose name is longer than all the rest", set(tied, NAME_AT - 1, 255)],
    [
      "a host twice, which would count twice",
      resigned(one, (body) => Buffer.from(body.copyWithin(HOSTS_AT, HOSTS_AT + HOST_BYTES))),
    ],
    ["65 hosts", with65()],
  ];
  for (const [what, bytes] of rows) test(what, () => expect(read(bytes)).toBe("malformed"));

  test("a datagram that is longer than two rolls of 64 hosts is not even looked at", () => {
    const bytes = resigned(two, tail(LONGEST_ROLL_BYTES + 1 - two.length));
    expect(openDatagram(bytes, contextOf(3), [KEY])).toEqual({ ok: false, why: "malformed" });
  });

  test("nor is one that is signed with another secret", () => {
    const forged = encodeRoll(messageOf(), POOL, keyOf("a secret that somebody has"));
    expect(forged && read(forged)).toBe("wrongTag");
  });

  /** One host more than a pool can have, each another one. */
  function with65(): Buffer {
    const full = written({ roll: rollOf(64) });
    const last = written({ roll: { ...rollOf(1), hosts: [hostAt(null, 64)] } });
    const entry = last.subarray(HOSTS_AT, HOSTS_AT + HOST_BYTES);
    return set(
      resigned(full, (body) => Buffer.concat([body, entry])),
      HA_AT + 1,
      65,
    );
  }
});

test("there is one way to write it: whatever bit is changed, it is refused or written so again", () => {
  const hosts = [hostAt(null, 0), { ...hostAt(null, 1), bootId: null }];
  const bytes = written({ roll: { ...rollOf(2), hosts }, before: rollOf(1, 1) });
  for (let bit = 8 * 74; bit < 8 * (bytes.length - TAG_BYTES); bit++) {
    const at = bit >> 3;
    const changed = set(bytes, at, (bytes[at] ?? 0) ^ (1 << (bit & 7)));
    const message = read(changed);
    if (typeof message === "string") continue;
    expect([bit, encodeRoll(message, POOL, KEY)?.equals(changed)]).toEqual([bit, true]);
  }
});
