import { expect, test } from "bun:test";
import type { WentDown } from "../../../../src/core/intent/judge-stop.ts";
import { type StoppedHost, wentDownSoon } from "../../../../src/core/intent/went-down.ts";
import { host } from "../fixtures.ts";

const AT = 1_795_842_000_000;
const MINUTE = 60_000;
const seconds = (ms: number) => `${ms / 1_000}.`;
const there = (over: Partial<StoppedHost>): StoppedHost => ({
  wallMs: AT + 2 * MINUTE,
  bootTime: seconds(AT - 99 * MINUTE),
  isGone: false,
  heardWallMs: AT + MINUTE,
  isLive: true,
  watchedSinceMs: AT - 99 * MINUTE,
  ...over,
});

test.each<readonly [string, Partial<StoppedHost>, WentDown]>([
  ["it is there", {}, "not yet"],
  ["it is there six minutes later", { wallMs: AT + 6 * MINUTE }, "no"],
  ["it is there, nobody knows since when", { bootTime: null }, "not yet"],
  ["it has booted since", { bootTime: seconds(AT + 4 * MINUTE) }, "yes"],
  ["it has booted since, by a clock that is a little behind", { bootTime: seconds(AT - 5_000) }, "yes"],
  ["it has booted an hour later", { bootTime: seconds(AT + 60 * MINUTE), wallMs: AT + 61 * MINUTE }, "no"],
  ["it is gone, heard for a minute after", { isGone: true }, "yes"],
  ["it is gone, heard for six minutes after", { isGone: true, heardWallMs: AT + 6 * MINUTE }, "no"],
  ["it was gone before this master came", { isGone: true, heardWallMs: null }, "yes"],
  ["it was gone before, an hour ago", { isGone: true, heardWallMs: null, wallMs: AT + 60 * MINUTE }, "no"],
  ["its xapi has not told its boot", { isLive: false, wallMs: AT + 6 * MINUTE }, "not yet"],
  ["this master has just booted", { watchedSinceMs: AT + 30 * MINUTE, wallMs: AT + 31 * MINUTE }, "not yet"],
  [
    "this master has booted, and watched since",
    { watchedSinceMs: AT + 30 * MINUTE, wallMs: AT + 36 * MINUTE },
    "no",
  ],
])("wentDownSoon: %s", (_, over, expected) => {
  const stop = { who: "client-hard", atMs: AT, host: host(2) } as const;
  expect(wentDownSoon(stop, () => there(over), false)).toBe(expected);
});

test.each<readonly [string, Partial<StoppedHost>, WentDown]>([
  ["it has booted an hour later", { bootTime: seconds(AT + 60 * MINUTE), wallMs: AT + 61 * MINUTE }, "yes"],
  ["it was gone before, an hour ago", { isGone: true, heardWallMs: null, wallMs: AT + 60 * MINUTE }, "yes"],
  ["it is there six minutes later", { wallMs: AT + 6 * MINUTE }, "no"],
  ["it is gone, heard for six minutes after", { isGone: true, heardWallMs: AT + 6 * MINUTE }, "no"],
])("wentDownSoon, and the key names the host still: %s", (_, over, expected) => {
  const stop = { who: "client-hard", atMs: AT, host: host(2) } as const;
  expect(wentDownSoon(stop, () => there(over), true)).toBe(expected);
});

test("wentDownSoon: of a stop without a time or a host, and of a host that is no more, nothing is known", () => {
  const gone = () => there({ isGone: true });
  expect(wentDownSoon({ who: "client", atMs: null, host: host(2) }, gone, false)).toBe("no");
  expect(wentDownSoon({ who: "client", atMs: AT, host: null }, gone, false)).toBe("no");
  expect(wentDownSoon({ who: "client", atMs: AT, host: host(2) }, () => null, false)).toBe("no");
});
