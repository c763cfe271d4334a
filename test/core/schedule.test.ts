import { expect, test } from "bun:test";
import { beginPromotion, type PromotionState, RESYNC_SETTLE_MS } from "../../src/core/failover.ts";
import { hostUuid } from "../../src/core/ids.ts";
import { openIncident } from "../../src/core/member-recovery.ts";
import { emptyMemory } from "../../src/core/memory.ts";
import { nextPassMs } from "../../src/core/schedule.ts";

const SETTINGS = { MONITOR_DELAY: 45, XAPI_DELAY: 10 };
const [OLD, ONE, TWO] = ["h1", "h2", "h3"].map(hostUuid) as [never, never, never];

/** The next pass while a take-over waits for two members, of which these came back at these times. */
function nextAt(
  nowMs: number,
  backAtMs: Readonly<Record<string, number>>,
  compared: PromotionState["compared"] = [],
): number {
  const begun = beginPromotion({
    oldMaster: OLD,
    nowMs: 0,
    awaited: [ONE, TWO],
    inMaintenance: [],
    startTimes: {},
  });
  const promotion: PromotionState = { ...begun, phase: "recovering", backAtMs, compared };
  const incidents = { [OLD]: { ...openIncident(OLD, 0), phase: "fenced", proved: true } as const };
  return nextPassMs({ ...emptyMemory("boot"), promotion, incidents }, nowMs, SETTINGS);
}

test("nextPassMs: a take-over looks every second for its members and their word, and when they have had their time", () => {
  expect(nextAt(20_000, {})).toBe(1_000);
  expect(nextAt(20_000, { h2: 18_000 })).toBe(1_000);
  expect(nextAt(20_000, { h2: 18_000, h3: 19_500 })).toBe(1_000);
  expect(nextAt(20_000, { h2: 18_000, h3: 20_600 - RESYNC_SETTLE_MS })).toBe(1_000);
  expect(nextAt(20_000, { h2: 20_600 - RESYNC_SETTLE_MS, h3: 18_000 }, [TWO])).toBe(600);
  expect(nextAt(26_000, { h2: 18_000, h3: 19_500 })).toBe(1_000);
});
