import { describe, expect, test } from "bun:test";
import type { Heartbeat } from "../../../../src/core/group/message.ts";
import {
  isFresh,
  isHeardDirectly,
  newPeer,
  type PeerState,
  takeMessage,
  youngestReport,
} from "../../../../src/core/group/peer-state.ts";
import { NO_VOTE } from "../../../../src/core/group/vote-words.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import { OWN } from "./group.ts";

const BOOT = "mine";

function message(over: Partial<Heartbeat> = {}): Heartbeat {
  return {
    from: hostUuid("b"),
    to: hostUuid("a"),
    number: { bootId: "theirs", ms: 500 },
    answers: { bootId: BOOT, ms: 10_000 },
    own: OWN,
    vote: NO_VOTE,
    heard: [],
    acks: [],
    ...over,
  };
}

describe("isFresh", () => {
  const rows: readonly [string, Heartbeat["answers"], number, boolean][] = [
    ["it answers what was sent just now", { bootId: BOOT, ms: 10_000 }, 10_000, true],
    ["four seconds ago", { bootId: BOOT, ms: 10_000 }, 14_000, true],
    ["longer ago: late or replayed", { bootId: BOOT, ms: 10_000 }, 14_001, false],
    ["what was never sent yet", { bootId: BOOT, ms: 10_001 }, 10_000, false],
    ["what was sent in another boot, at the same uptime", { bootId: "before", ms: 10_000 }, 10_000, false],
    ["it answers nothing", null, 10_000, false],
  ];
  for (const [title, answers, nowMs, expected] of rows)
    test(`${title}: ${expected}`, () => expect(isFresh(message({ answers }), BOOT, nowMs)).toBe(expected));
});

/** A peer after messages; each as [number, answered number, time it came]. */
function after(...rows: readonly (readonly [number, number | null, number, string?, string?])[]): PeerState {
  return rows.reduce(
    (peer, [ms, answered, nowMs, address = "w1", boot = "theirs"]) => {
      const answers = answered === null ? null : { bootId: BOOT, ms: answered };
      const given = message({ number: { bootId: boot, ms }, answers });
      return takeMessage(peer, given, { nowMs, bootId: BOOT, address });
    },
    newPeer([], 0),
  );
}

describe("takeMessage", () => {
  test("of one that is not fresh only the number is kept, so that it can be answered", () =>
    expect(after([500, null, 10_000])).toEqual({
      ...newPeer([], 0),
      newest: { bootId: "theirs", ms: 500 },
      newestMs: 10_000,
    }));

  test("a fresh one is heard, with what it says and the way it came", () =>
    expect(after([500, 9_000, 10_000])).toMatchObject({
      heardMs: 10_000,
      own: OWN,
      ways: [{ address: "w1", sinceMs: 10_000, lastMs: 10_000 }],
    }));

  test("an older number that comes later changes nothing", () => {
    const late = after([600, 9_900, 10_000], [500, 9_900, 10_100]);
    expect([late.newest?.ms, late.heardMs]).toEqual([600, 10_000]);
  });

  test("the same message by a second way opens that way, and does not make it younger", () => {
    const twice = after([500, 9_900, 10_000], [500, 9_900, 10_400, "w2"]);
    expect(twice.heardMs).toBe(10_000);
    expect(twice.ways.map(({ address }) => address)).toEqual(["w1", "w2"]);
  });

  test("a message that is repeated for ever is heard for four seconds", () => {
    let peer = after([500, 9_900, 10_000]);
    for (let nowMs = 10_100; nowMs < 20_000; nowMs += 100)
      peer = takeMessage(peer, message({ answers: { bootId: BOOT, ms: 9_900 } }), {
        nowMs,
        bootId: BOOT,
        address: "w1",
      });
    expect(peer.heardMs).toBe(10_000);
    expect(isHeardDirectly(peer, 14_001)).toBe(false);
  });

  test("a number of another boot, not fresh, waits until this one is silent", () => {
    const heard = after([500, 9_900, 10_000], [100, null, 11_000, "w1", "other"]);
    expect(heard.newest).toEqual({ bootId: "theirs", ms: 500 });
    const silent = after([500, 9_900, 10_000], [100, null, 14_001, "w1", "other"]);
    expect(silent.newest).toEqual({ bootId: "other", ms: 100 });
  });

  test("a fresh one of another boot ends the boot before", () => {
    const booted = after([500, 9_900, 10_000], [100, 10_900, 11_000, "w1", "next"]);
    expect(booted).toMatchObject({ newest: { bootId: "next", ms: 100 }, endedBoots: ["theirs"] });
    const replayed = after(
      [500, 9_900, 10_000],
      [100, 10_900, 11_000, "w1", "next"],
      [900, 59_900, 60_000, "w1", "theirs"],
    );
    expect(replayed.newest).toEqual({ bootId: "next", ms: 100 });
  });

  test("eight ways at most: the one that was silent longest goes", () => {
    const rows = Array.from(
      { length: 12 },
      (_, index) => [500 + index, 9_900, 10_000 + index, `w${index}`] as const,
    );
    const { ways } = after(...rows);
    expect(ways.map(({ address }) => address).sort()).toEqual([
      "w10",
      "w11",
      "w4",
      "w5",
      "w6",
      "w7",
      "w8",
      "w9",
    ]);
  });
});

describe("youngestReport", () => {
  const reporter = (heardMs: number, ageMs: number): PeerState => ({
    ...newPeer([], 0),
    heardMs,
    hears: [{ host: hostUuid("x"), ageMs, agreedMs: null, numberMs: 1, bootTag: 1 }],
  });
  const rows: readonly [string, readonly [string, PeerState][], string | null][] = [
    ["nobody reports it", [], null],
    ["one does", [["b", reporter(10_000, 500)]], "b 500"],
    ["what it said has grown older since", [["b", reporter(9_000, 500)]], "b 1500"],
    ["together more than four seconds", [["b", reporter(9_000, 3_100)]], null],
    ["the reporter itself is silent", [["b", reporter(5_000, 0)]], null],
    [
      "the youngest of two counts",
      [
        ["b", reporter(9_000, 500)],
        ["c", reporter(10_000, 700)],
      ],
      "c 700",
    ],
    ["a host's word about itself is no report", [["x", reporter(10_000, 0)]], null],
  ];
  for (const [title, peers, expected] of rows)
    test(title, () => {
      const known = new Map(peers.map(([letter, peer]) => [hostUuid(letter), peer]));
      const found = youngestReport(hostUuid("x"), known, 10_000);
      expect(found === null ? null : `${found.by} ${found.ageMs}`).toBe(expected);
    });
});
