import { describe, expect, test } from "bun:test";
import { isTestDue, type TieTesting, withTest } from "../../../../src/core/group/tie-test.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = 100 * HOUR;
const GOOD = { place: "p", atMs: NOW - 2 * HOUR, wrong: null, sinceMs: 0 };
const BAD = { ...GOOD, wrong: "no route" };

describe("isTestDue", () => {
  const due = (given: Partial<TieTesting>) =>
    isTestDue({ namedMs: 0, last: GOOD, brokenOffMs: null, silentMs: null, ...given }, NOW);
  const first = (ms: number) => due({ last: null, namedMs: NOW - ms });
  const rows: readonly [string, boolean, boolean][] = [
    ["a place that was named a minute ago", first(MINUTE), true],
    ["just before that", first(MINUTE - 1), false],
    ["tested two hours ago, and good", due({}), false],
    ["tested a day ago", due({ last: { ...GOOD, atMs: NOW - 24 * HOUR } }), true],
    ["just before that", due({ last: { ...GOOD, atMs: NOW - 24 * HOUR + 1 } }), false],
    ["tested an hour ago, and bad", due({ last: { ...BAD, atMs: NOW - HOUR } }), true],
    ["just before that", due({ last: { ...BAD, atMs: NOW - HOUR + 1 } }), false],
    ["good then, and silent now", due({ silentMs: NOW - 1 }), true],
    [
      "good less than an hour ago, and silent now",
      due({ last: { ...GOOD, atMs: NOW - HOUR + 1 }, silentMs: 5 }),
      false,
    ],
    ["broken off a minute ago", due({ last: BAD, brokenOffMs: NOW - MINUTE }), true],
    ["broken off just now", due({ last: BAD, brokenOffMs: NOW - MINUTE + 1 }), false],
  ];
  for (const [what, found, expected] of rows)
    test(`${what}: ${expected ? "a test" : "no test"}`, () => expect(found).toBe(expected));
});

test("withTest: since when it is good or bad, whatever is said of it", () => {
  const after = (last: Parameters<typeof withTest>[0], wrong: string | null) =>
    withTest(last, "p", wrong, NOW).sinceMs;
  expect([after(null, null), after(GOOD, null), after(GOOD, "x"), after(BAD, "x"), after(BAD, null)]).toEqual(
    [NOW, 0, NOW, 0, NOW],
  );
});
