import { describe, expect, test } from "bun:test";
import { judgeFence, methodProves } from "../../../../src/core/fencing/fence-policy.ts";

const QUORATE = { members: 3, alive: 2, votes: 2, quorate: true };
const SETTINGS = {
  FENCE_ENABLED: true,
  FENCE_ACTION: "stop" as const,
  FENCE_METHOD: "ILO",
  FENCE_MIN_HOSTS: 3,
  FENCE_QUORUM_REQUIRED: true,
};
const FAILED = { enabled: true, failed: true };

describe("judgeFence", () => {
  const rows: readonly [string, Parameters<typeof judgeFence>, string][] = [
    ["a failed member with quorum", [FAILED, QUORATE, SETTINGS], "fence"],
    ["fencing switched off", [FAILED, QUORATE, { ...SETTINGS, FENCE_ENABLED: false }], "fencing-disabled"],
    ["a host in maintenance", [{ ...FAILED, enabled: false }, QUORATE, SETTINGS], "in-maintenance"],
    ["a host that is not failed", [{ ...FAILED, failed: false }, QUORATE, SETTINGS], "answers-again"],
    ["no quorum", [FAILED, { ...QUORATE, quorate: false }, SETTINGS], "no-quorum"],
    [
      "no quorum, none required",
      [FAILED, { ...QUORATE, quorate: false }, { ...SETTINGS, FENCE_QUORUM_REQUIRED: false }],
      "fence",
    ],
    ["fewer members than FENCE_MIN_HOSTS", [FAILED, { ...QUORATE, members: 2 }, SETTINGS], "too-few-members"],
    [
      "exactly FENCE_MIN_HOSTS",
      [FAILED, { ...QUORATE, members: 2 }, { ...SETTINGS, FENCE_MIN_HOSTS: 2 }],
      "fence",
    ],
  ];
  for (const [title, input, expected] of rows) {
    test(`${title}: ${expected}`, () => {
      const verdict = judgeFence(...input);
      expect(verdict.kind === "fence" ? "fence" : verdict.why).toBe(expected as "fence");
    });
  }
});

test("methodProves: POOL switches nothing off", () => {
  expect([methodProves("POOL"), methodProves("ILO"), methodProves("MYAGENT")]).toEqual([false, true, true]);
});
