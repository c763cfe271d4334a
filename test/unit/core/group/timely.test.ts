import { describe, expect, test } from "bun:test";
import { newPeer, type PeerState } from "../../../../src/core/group/peer-state.ts";
import { isTimely } from "../../../../src/core/group/timely.ts";

const peer = (over: Partial<PeerState> = {}): PeerState => ({
  ...newPeer([], 0),
  ...{ newest: { bootId: "now", ms: 60_000 }, heardMs: 9_000 },
  ...over,
});

describe("isTimely", () => {
  const rows: readonly [string, PeerState | undefined, string, number, boolean][] = [
    ["of a host that nobody knows", undefined, "now", 60_000, false],
    ["of a host that was never heard", peer({ newest: null, heardMs: null }), "any", 1, true],
    ["younger than its newest message", peer(), "now", 60_001, true],
    ["four seconds older than that", peer(), "now", 56_000, true],
    ["older: it was recorded", peer(), "now", 55_999, false],
    ["of another boot, while this one is heard", peer(), "before", 90_000, false],
    ["of another boot, while nothing is heard", peer({ heardMs: 1_000 }), "after", 5, true],
  ];
  for (const [title, from, bootId, ms, expected] of rows)
    test(`isTimely: a question ${title}: ${expected}`, () =>
      expect(isTimely(from, { bootId, ms }, 10_000)).toBe(expected));
});
