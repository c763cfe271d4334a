import { describe, expect, test } from "bun:test";
import type { PromotionPhase } from "../../../../src/core/memory/promotion.ts";
import { afterTakeOver, stepTakeOver, type TakeOverEvent } from "../../../../src/core/takeover/take-over.ts";
import { host, memoryWith } from "../fixtures.ts";
import { oneOf, table } from "../table.ts";

const after = oneOf("proved", "named", "promoting", "righting", "righted", "over", "-");

const rows = table(
  {
    phase: oneOf("proved", "named", "promoting", "righting", "righted"),
    named: after,
    "named-another": after,
    "old-master-lives": after,
    asked: after,
    serves: after,
    right: after,
    whole: after,
  },
  `
  phase     | named named-another old-master-lives asked     serves   right   whole
  proved    | named over          over             -         righting -       -     # Nobody was named: who lives stays master.
  named     | -     over          -                promoting righting -       -     # The group has decided: an old master that returns follows.
  promoting | -     over          -                -         righting -       -     # XAPI cannot be stopped any more.
  righting  | -     over          -                -         -        righted -
  righted   | -     over          -                -         -        -       over
  `,
);

describe("stepTakeOver", () => {
  for (const { phase, why: _, ...events } of rows)
    for (const [event, expected] of Object.entries(events) as [
      TakeOverEvent,
      PromotionPhase | "over" | "-",
    ][]) {
      const promotion = { oldMaster: host(1), sinceMs: 5, phase };
      const step = stepTakeOver(promotion, event);
      test(`${phase}, ${event}: ${expected === "-" ? "nothing changes" : expected}`, () => {
        if (expected === "-") expect(step).toBe(promotion);
        else expect(step).toEqual(expected === "over" ? null : { ...promotion, phase: expected });
      });
    }

  test("afterTakeOver: without a take-over no event means anything", () => {
    const memory = memoryWith();
    expect(afterTakeOver(memory, "right")).toBe(memory);
  });
});
