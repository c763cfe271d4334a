import { expect, test } from "bun:test";
import { describeReason } from "../../../../src/core/alerts/describe-reason.ts";
import { hookEvents } from "../../../../src/core/alerts/hook-event.ts";
import { REASONS } from "./reasons.ts";

const POOL = { kind: "pool" } as const;

test("hookEvents: named by the kind of what is said, with its words, and when", () => {
  const notice = { ...describeReason({ ...REASONS["host-failed"], host: "h2" }), target: POOL };
  expect(hookEvents([notice], "uuid-of-h1", Date.UTC(2026, 10, 23, 9, 41, 40))).toEqual([
    {
      ...{ schema: 1, event: "host-failed", severity: "error", target: POOL, alert: notice.alert },
      text: "h2 is down: no response to any of the retries.",
      ...{ advice: notice.advice, host: "uuid-of-h1", at: "2026-11-23T09:41:40.000Z" },
    },
  ]);
});

test("hookEvents: every reason has a name that can be that of a file", () => {
  for (const reason of Object.values(REASONS)) {
    const [event] = hookEvents([{ ...describeReason(reason), target: POOL }], "h", 0);
    expect(event?.event).toBe(reason.kind);
    expect(event?.event).toMatch(/^[a-z-]{1,60}$/);
  }
});

test("hookEvents: a storm is cut to twenty", () => {
  const notice = { ...describeReason(REASONS["vm-started"]), target: POOL };
  expect(
    hookEvents(
      Array.from({ length: 500 }, () => notice),
      "h",
      0,
    ).length,
  ).toBe(20);
});
