import { describe, expect, test } from "bun:test";
import { LONGEST_BYTES } from "../../../../src/adapters/group/envelope.ts";
import { encodeHeartbeat, placeOf } from "../../../../src/adapters/group/heartbeat-codec.ts";
import { keyOf, TAG_BYTES, tagOf } from "../../../../src/adapters/group/tag.ts";
import type { Ack, HeardEntry, Heartbeat } from "../../../../src/core/group/message.ts";
import type { OwnState } from "../../../../src/core/model/hearing.ts";
import { type HostUuid, hostUuid, poolUuid } from "../../../../src/core/model/ids.ts";
import { bootOf, contextOf, decodeHeartbeat, heartbeat, hostOf, OWN, POOL } from "./messages.ts";

const KEY = keyOf("a secret that nobody has");
const OTHER_KEY = keyOf("a secret that somebody has");

function encode(message: Heartbeat): Buffer {
  const bytes = encodeHeartbeat(message, POOL, KEY);
  if (bytes === null) throw new Error("It cannot be written");
  return bytes;
}

/** The same bytes with some changed, and signed again: what somebody with the secret could send. */
function resigned(bytes: Buffer, change: (body: Buffer) => Buffer): Buffer {
  const body = change(Buffer.from(bytes.subarray(0, -TAG_BYTES)));
  return Buffer.concat([body, tagOf(KEY, body)]);
}

const why = (bytes: Buffer, context = contextOf(3)) => {
  const decoded = decodeHeartbeat(bytes, context, [KEY]);
  return decoded.ok ? "understood" : decoded.why;
};

describe("a message comes back as it was", () => {
  const states: readonly Partial<OwnState>[] = [
    {},
    { role: "master", xapi: "starting", startComplete: false },
    { role: "broken", master: null, xapi: "lost", enabled: null, haWished: null },
    { role: "unknown", xapi: "silent", enabled: false, haWished: true, leaving: true },
    { xapi: "held" },
    { changes: null },
    { changes: 4_294_967_294 },
    { role: "master", master: hostOf(1), office: `7.${hostOf(3)}.2` },
    { office: `281474976710655.${hostOf(3)}.4294967295` },
  ];
  for (const own of states) {
    test(JSON.stringify(own), () => {
      const message = heartbeat(3, { own: { ...OWN, ...own } });
      expect(decodeHeartbeat(encode(message), contextOf(3), [KEY])).toEqual({ ok: true, message });
    });
  }

  test("with 64 hosts, and with nothing heard yet", () => {
    const full = heartbeat(64);
    expect(decodeHeartbeat(encode(full), contextOf(64), [KEY])).toEqual({ ok: true, message: full });
    const first = heartbeat(3, { answers: null, heard: [] });
    expect(decodeHeartbeat(encode(first), contextOf(3), [KEY])).toEqual({ ok: true, message: first });
  });

  test("ages are rounded up to tenths of a second, and end at 25.5 s", () => {
    const heard = [3, 1_001, 99_000].map((ageMs, index) => ({
      host: hostOf(index + 3),
      ageMs,
      numberMs: 1,
      bootTag: 1,
      agreedMs: null,
    }));
    const decoded = decodeHeartbeat(encode(heartbeat(5, { heard })), contextOf(5), [KEY]);
    expect(decoded.ok && decoded.message.heard.map(({ ageMs }) => ageMs)).toEqual([100, 1_100, 25_500]);
  });

  test("of the hosts that it names, those that are not known here are left out", () => {
    const decoded = decodeHeartbeat(encode(heartbeat(9)), contextOf(3), [KEY]);
    expect(decoded.ok && decoded.message.heard.map(({ host }) => host)).toEqual([hostOf(1), hostOf(3)]);
  });
});

test("its size: 266 bytes for 3 hosts, 1,364 for 64", () => {
  expect(encode(heartbeat(3)).length).toBe(266);
  expect(encode(heartbeat(64)).length).toBe(1_364);
});

test("what is no uuid cannot be written", () => {
  expect(encodeHeartbeat(heartbeat(3, { number: { bootId: "unknown-boot", ms: 1 } }), POOL, KEY)).toBeNull();
  expect(encodeHeartbeat(heartbeat(3, { from: hostUuid("h1") }), POOL, KEY)).toBeNull();
  const says = (own: Partial<OwnState>) =>
    encodeHeartbeat(heartbeat(3, { own: { ...OWN, ...own } }), POOL, KEY);
  expect(says({ master: hostUuid("h1") })).toBeNull();
  expect(says({ master: null })).not.toBeNull();
});

describe("what is acknowledged", () => {
  const [first, second, third] = [hostOf(1), hostOf(3), hostOf(4)];
  const entry = (host: HostUuid, agreedMs: number | null = null) => ({
    ...{ host, ageMs: 0, numberMs: 7_000, bootTag: 0xb007, agreedMs },
  });
  const read = (over: Parameters<typeof heartbeat>[1]) => {
    const decoded = decodeHeartbeat(encode(heartbeat(5, over)), contextOf(5), [KEY]);
    return decoded.ok ? decoded.message.acks : decoded.why;
  };
  const rows: readonly [string, readonly HeardEntry[], readonly Ack[]][] = [
    ["nothing", [entry(first)], []],
    ["the very number that was heard", [entry(first)], [{ host: first, bootTag: 0xb007, ms: 7_000 }]],
    ["an older one", [entry(first)], [{ host: first, bootTag: 0xb007, ms: 6_000 }]],
    ["of an earlier boot", [entry(first)], [{ host: first, bootTag: 5, ms: 9_000 }]],
    [
      "the very number, beside a list of domains that agrees",
      [entry(first, 3_000)],
      [{ host: first, bootTag: 0xb007, ms: 7_000 }],
    ],
    [
      "an older one, beside a list of domains that agrees",
      [entry(first, 3_000)],
      [{ host: first, bootTag: 0xb007, ms: 6_500 }],
    ],
    [
      "of hosts that others report",
      [entry(first)],
      [
        { host: first, bootTag: 0xb007, ms: 7_000 },
        { host: second, bootTag: 1, ms: 1 },
        { host: third, bootTag: 2, ms: 2 },
      ],
    ],
  ];
  for (const [what, heard, acks] of rows) test(what, () => expect(read({ heard, acks })).toEqual([...acks]));

  test("over the network low 32 bits", () =>
    expect(read({ heard: [], acks: [{ host: first, bootTag: 1, ms: 2 ** 32 + 5 }] })).toEqual([
      { host: first, bootTag: 1, ms: 5 },
    ]));

  test("of 64 hosts whom the leader hears and others report: what has no room is left out, and the rest is said", () => {
    const acks = Array.from({ length: 64 }, (_, index) => ({ host: hostOf(index + 1), bootTag: 1, ms: 1 }));
    const bytes = encode(heartbeat(64, { acks }));
    expect(bytes.length).toBeLessThanOrEqual(LONGEST_BYTES);
    const decoded = decodeHeartbeat(bytes, contextOf(64), [KEY]);
    expect(decoded.ok && decoded.message.acks.length).toBeGreaterThan(5);
  });
});

describe("what is no office is not said, and silences nobody", () => {
  const rows = [
    "",
    "x",
    `7.${hostOf(3)}.0`,
    `0.${hostOf(3)}.1`,
    `7.${"0".repeat(8)}-0000-0000-0000-${"0".repeat(12)}.1`,
  ];
  for (const office of [...rows, `281474976710656.${hostOf(3)}.1`, `1.${hostOf(3)}.4294967296`])
    test(JSON.stringify(office), () => {
      const decoded = decodeHeartbeat(encode(heartbeat(3, { own: { ...OWN, office } })), contextOf(3), [KEY]);
      expect(decoded.ok && decoded.message.own.office).toBeNull();
    });
});

describe("when the listed domains of a host agree: the low 32 bits of its uptime", () => {
  const rows: readonly [number | null, number | null][] = [
    [null, null],
    [1, 1],
    [90_000.7, 90_000],
    [2 ** 32 - 1, 2 ** 32 - 1],
    [2 ** 32 + 5, 5],
    [0, 0],
    [2 ** 33, 0],
  ];
  for (const [agreedMs, low] of rows)
    test(`${agreedMs}: ${low}`, () => {
      const heard = [{ host: hostOf(1), ageMs: 0, numberMs: 1, bootTag: 1, agreedMs }];
      const decoded = decodeHeartbeat(encode(heartbeat(3, { heard })), contextOf(3), [KEY]);
      expect(decoded.ok && decoded.message.heard[0]?.agreedMs).toBe(low);
    });
});

describe("refused", () => {
  const good = encode(heartbeat(3));
  const set = (at: number, value: number) =>
    resigned(good, (body) => {
      body[at] = value;
      return body;
    });
  const rows: readonly [string, Buffer, string][] = [
    ["nothing", Buffer.alloc(0), "malformed"],
    ["a line of text", Buffer.from("GET / HTTP/1.1\r\n\r\n"), "malformed"],
    ["too long", Buffer.alloc(LONGEST_BYTES + 1), "malformed"],
    ["another beginning", set(0, 0), "malformed"],
    ["another version", set(2, 2), "malformed"],
    ["another kind", set(3, 2), "malformed"],
    [
      "a byte more, with a tag that fits",
      resigned(good, (body) => Buffer.concat([body, Buffer.alloc(1)])),
      "malformed",
    ],
    ["a byte less, with a tag that fits", resigned(good, (body) => body.subarray(0, -1)), "malformed"],
    [
      "a whole entry more than it says",
      resigned(good, (body) => Buffer.concat([body, Buffer.alloc(13)])),
      "malformed",
    ],
    ["a byte behind the tag", Buffer.concat([good, Buffer.alloc(1)]), "wrongTag"],
    ["a role that there is not", set(97, 0x42), "malformed"],
    ["a state of xapi that there is not", set(97, 0x25), "malformed"],
    ["a flag that there is not", set(98, 64), "malformed"],
    ["enabled, and not known", set(98, 4), "malformed"],
    ["an answer that is neither there nor not", set(74, 2), "malformed"],
    ["an answer that is not there, and its bytes", set(74, 0), "malformed"],
    ["an office with a count alone", set(124, 1), "malformed"],
    ["an office with a version alone", set(144, 1), "malformed"],
    ["an office with a host alone", set(130, 1), "malformed"],
    ["one host twice", resigned(good, (body) => Buffer.from(body.copyWithin(211, 224))), "malformed"],
  ];
  for (const [title, bytes, expected] of rows) test(title, () => expect(why(bytes)).toBe(expected));

  test("another pool", () =>
    expect(why(good, { ...contextOf(3), pool: poolUuid(hostOf(7)) })).toBe("otherPool"));
  test("from a host that is not of this pool", () =>
    expect(why(encode(heartbeat(3, { from: hostOf(9) })))).toBe("unknownHost"));
  test("for another host", () => expect(why(encode(heartbeat(3, { to: hostOf(3) })))).toBe("unknownHost"));
  test("from this host itself, sent back by somebody", () =>
    expect(why(encode(heartbeat(3, { from: hostOf(1) })))).toBe("unknownHost"));

  test("a wrong secret, whatever it says; with two keys either is right", () => {
    const forged = encodeHeartbeat(heartbeat(3), POOL, OTHER_KEY);
    if (forged === null) throw new Error("It cannot be written");
    expect(why(forged)).toBe("wrongTag");
    expect(decodeHeartbeat(forged, contextOf(3), [KEY, OTHER_KEY]).ok).toBe(true);
    expect(decodeHeartbeat(forged, contextOf(3), []).ok).toBe(false);
  });

  test("any single bit changed on the way", () => {
    for (let bit = 0; bit < 8 * good.length; bit++) {
      const damaged = Buffer.from(good);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(decodeHeartbeat(damaged, contextOf(3), [KEY]).ok).toBe(false);
    }
  });
});

describe("placeOf", () => {
  test("no two of 10,000 hosts that differ in a digit have one place", () => {
    const places = new Set(Array.from({ length: 10_000 }, (_, index) => placeOf(hostOf(index))));
    expect(places.size).toBe(10_000);
  });

  test("a report about one of two hosts with the same place counts for neither", () => {
    // Found by trying: 32 bits meet after some 80,000 names.
    const [a, b] = sameplace();
    const context = { ...contextOf(3), hosts: [hostOf(2), a, b] };
    const heard = [{ host: a, ageMs: 0, numberMs: 1, bootTag: 1, agreedMs: null }];
    const decoded = decodeHeartbeat(encode(heartbeat(3, { heard })), context, [KEY]);
    expect(decoded.ok && decoded.message.heard).toEqual([]);
  });
});

function sameplace(): readonly [ReturnType<typeof hostOf>, ReturnType<typeof hostOf>] {
  const seen = new Map<number, ReturnType<typeof hostOf>>();
  for (let number = 0; number < 2_000_000; number++) {
    const host = hostUuid(bootOf(number));
    const before = seen.get(placeOf(host));
    if (before !== undefined) return [before, host];
    seen.set(placeOf(host), host);
  }
  throw new Error("No two hosts have the same place");
}
