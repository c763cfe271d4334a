import { describe, expect, test } from "bun:test";
import { messageText } from "../../../../src/core/alerts/message-text.ts";
import type { Alert } from "../../../../src/core/model/alert.ts";
import { ALERT, MOMENT } from "./mail/mail.ts";

const lines = (over: Partial<Alert> = {}) => messageText({ ...ALERT, ...over }, MOMENT).body.split("\n");

describe("messageText", () => {
  const priorities: readonly [Alert["severity"], number][] = [
    ["critical", 1],
    ["error", 2],
    ["warning", 3],
    ["info", 5],
  ];
  for (const [severity, priority] of priorities)
    test(`what is ${severity} has XAPI's priority ${priority}`, () =>
      expect(messageText({ ...ALERT, severity }, MOMENT).priority).toBe(priority));

  test("the first line is the subject; then what happened, and what to do", () =>
    expect(lines()).toEqual([ALERT.subject, ALERT.body, ALERT.advice]));
  test("no advice is no line", () => expect(lines({ advice: "" })).toEqual([ALERT.subject, ALERT.body]));
  test("what was held back is told", () =>
    expect(lines({ repeats: { count: 3, sinceMs: 60_000 } })[3]).toBe(
      "This has happened 3 times since 2026-11-23 13:56:09 UTC.",
    ));
  test("what XAPI was away for says when it happened: XAPI dates a message when it is posted", () => {
    expect(lines({ atMs: MOMENT.nowMs - 60_000 })).toHaveLength(3);
    expect(lines({ atMs: MOMENT.nowMs - 61_000 })[3]).toBe(
      "This happened at 2026-11-23 14:04:08 UTC, while XAPI was away.",
    );
  });
});
