import { describe, expect, test } from "bun:test";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import type { Reason } from "../../../../src/core/model/reason.ts";
import type { CoreSettings } from "../../../../src/core/model/settings.ts";
import { holdStarts } from "../../../../src/core/takeover/hold-starts.ts";
import type { Mastership } from "../../../../src/core/takeover/mastership.ts";
import { beginPromotion } from "../../../../src/core/takeover/promotion.ts";
import { ALIVE, DEAD, host, masterRound, memoryWith } from "../fixtures.ts";

const UNDISPUTED: Mastership = { kind: "undisputed" };
const CALLS: Mastership = { kind: "calls-back", members: [host(3)] };
const UNPROVEN: Mastership = { kind: "unproven", followers: 0, members: 3 };

/** What is said while starts are held; null when they are not. */
function held(
  mastership: Mastership,
  over: Partial<Memory> = {},
  settings: Partial<CoreSettings> = {},
  h3 = DEAD,
) {
  const memory = memoryWith(over);
  const round = { ...masterRound(memory, { probes: { h2: ALIVE(), h3 }, settings }), mastership };
  const step = holdStarts(memory, round);
  expect([step.memory, step.actions]).toEqual([memory, []]);
  return step.ends === true ? step.reasons : null;
}
const promotion = beginPromotion({
  oldMaster: host(3),
  nowMs: 0,
  awaited: [],
  inMaintenance: [],
  startTimes: {},
});
const promoted = { oldMaster: host(3), epoch: 1 };
const gathering = { wholeSinceMs: null };
const waits: Reason = { kind: "waits-for-members", hosts: ["h3"] };
const tooFew: Reason = { kind: "too-few-followers", followers: 0, members: 3 };
const away = { sawPoolSinceBoot: false };
const noQuorum = { FENCE_QUORUM_REQUIRED: false };

describe("holdStarts", () => {
  const rows: readonly [string, readonly Reason[] | null, readonly Reason[] | null][] = [
    ["nothing speaks against starts", held(UNDISPUTED), null],
    ["a take-over is open, which says so itself", held(UNDISPUTED, { promotion }), []],
    ["the old master is not back, and SLAVE_HA=0", held(UNDISPUTED, { promoted }, { SLAVE_HA: false }), []],
    ["the old master is not back, and SLAVE_HA=1", held(UNDISPUTED, { promoted }), null],
    ["SLAVE_HA=0, and no take-over", held(UNDISPUTED, {}, { SLAVE_HA: false }), null],
    ["members follow another host", held(CALLS), [waits]],
    ["too few follow, and another one may be master", held(UNPROVEN), [tooFew]],
    ["too few follow, and nobody else may be master", held(UNPROVEN, {}, { PROMOTE_SLAVE: false }), null],
    ["too few follow, and no quorum is required", held(UNPROVEN, {}, noQuorum), null],
    ["too few follow one that was away, and no quorum is required", held(UNPROVEN, away, noQuorum), [tooFew]],
    ["a member is missing after a doubt", held(UNDISPUTED, { gathering }), [waits]],
    ["all are back after a doubt, for a moment", held(UNDISPUTED, { gathering }, {}, ALIVE()), []],
    [
      "a member is missing after a doubt, and nobody else may be master",
      held(UNDISPUTED, { gathering }, { PROMOTE_SLAVE: false }),
      null,
    ],
  ];
  for (const [title, reasons, expected] of rows) {
    const what = expected === null ? "VMs are started" : "held";
    const why = expected?.[0] === undefined ? "" : `, and ${expected[0].kind} is said`;
    test(`holdStarts: ${title}: ${what}${why}`, () => expect(reasons).toEqual(expected));
  }
});
