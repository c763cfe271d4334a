import { describe, expect, test } from "bun:test";
import { recoverHosts } from "../../../../src/core/fencing/recover-hosts.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import {
  ALIVE,
  DEAD,
  healthIn,
  host,
  masterRound,
  memoryWith,
  type Situation,
  said,
  short,
} from "../fixtures.ts";
import { takeOver } from "../memory/remembered.ts";
import { isLedBy } from "../sight.ts";

/** h1 is master, by hand, and does not lead yet; h3 has failed. */
function recover(promotion: Memory["promotion"], situation: Situation = {}) {
  const memory = memoryWith({ health: { h2: healthIn("alive"), h3: healthIn("failed") }, promotion });
  const seen = { probes: { h2: ALIVE(), h3: DEAD }, group: isLedBy(host(2)), ...situation };
  const step = recoverHosts(memory, [host(3)], masterRound(memory, seen), {
    mayFence: true,
    fenceOnly: false,
  });
  return { does: short(step.actions).join(), says: said(step.reasons).join() };
}

describe("recoverHosts, a new master to which the lead has not come yet", () => {
  const begun = takeOver({ oldMaster: host(2), sinceMs: 10_000 });
  const REFUSED = "fence-refused h3 no-quorum";
  const rows: readonly [string, Memory["promotion"], Situation, string, string][] = [
    ["its take-over has just begun: nothing is said", begun, { nowMs: 10_000 }, "", ""],
    ["for less than 30 s: nothing is said", begun, { nowMs: 39_999 }, "", ""],
    ["for 30 s: it has no quorum", begun, { nowMs: 40_000 }, "", REFUSED],
    ["there is no take-over: it has no quorum", null, { nowMs: 10_000 }, "", REFUSED],
    [
      "what else speaks against a fence is said all the same",
      begun,
      { nowMs: 10_000, settings: { FENCE_ENABLED: false } },
      "",
      "fence-refused h3 fencing-disabled",
    ],
    ["when the lead has come it fences", begun, { nowMs: 10_000, group: {} }, "fence-host h3", ""],
  ];
  for (const [title, promotion, situation, does, says] of rows)
    test(`recoverHosts: ${title}`, () => expect(recover(promotion, situation)).toEqual({ does, says }));
});
