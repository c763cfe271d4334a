import { expect, test } from "bun:test";
import { isSeenStop } from "../../../../src/core/memory/seen-stop.ts";
import { expectShape } from "./expect-shape.ts";

const messages = { startedAtMs: 1, stoppedAtMs: 2, isForced: true };
const seen = { sinceMs: 1, readAtMs: 2, messages, isHostLost: false, hasHostBooted: false, isCrash: false };

test("isSeenStop: what the messages said, and what became of the host", () => expectShape(isSeenStop, seen));

test("isSeenStop: messages that were not read yet, and such that tell of nothing", () => {
  expect(isSeenStop({ ...seen, readAtMs: null, messages: null })).toBe(true);
  expect(isSeenStop({ ...seen, messages: { ...messages, startedAtMs: null, stoppedAtMs: null } })).toBe(true);
  expect(isSeenStop({ ...seen, messages: { ...messages, stoppedAtMs: "2" } })).toBe(false);
});
