import { describe, expect, test } from "bun:test";
import { fenceMethods, judgeFence, methodProves } from "../../../../src/core/fencing/fence-policy.ts";
import { flag, meaning, number, oneOf, table, yesNo } from "../table.ts";

describe("judgeFence", () => {
  const rows = table(
    {
      host: meaning({ enabled: true, maintenance: false }),
      health: meaning({ failed: true, answers: false }),
      quorum: yesNo,
      members: number,
      FENCE_ENABLED: flag,
      FENCE_ACTION: oneOf("start", "stop", "reset"),
      FENCE_QUORUM_REQUIRED: flag,
      FENCE_MIN_HOSTS: number,
      verdict: oneOf(
        "fence",
        "fencing-disabled",
        "action-is-start",
        "in-maintenance",
        "answers-again",
        "no-quorum",
        "too-few-members",
      ),
    },
    `
    host        health  quorum members | FENCE_ENABLED FENCE_ACTION FENCE_QUORUM_REQUIRED FENCE_MIN_HOSTS | verdict
    enabled     failed  yes    3       | 1             stop         1                     3               | fence            # a failed member, seen with quorum
    enabled     failed  yes    3       | 1             reset        1                     3               | fence            # a reset ends its VMs as well
    enabled     failed  yes    4       | 1             stop         1                     3               | fence            # more members than are needed
    enabled     failed  yes    2       | 1             stop         1                     2               | fence            # exactly as many members as are needed

    enabled     failed  yes    3       | 0             stop         1                     3               | fencing-disabled # fencing is switched off
    enabled     failed  yes    3       | 1             start        1                     3               | action-is-start  # switching a host on proves nothing about what was switched off
    maintenance failed  yes    3       | 1             stop         1                     3               | in-maintenance   # an administrator works on the host
    enabled     answers yes    3       | 1             stop         1                     3               | answers-again    # the host came back
    enabled     failed  no     3       | 1             stop         1                     3               | no-quorum        # this may be the smaller side of a partition
    enabled     failed  no     3       | 1             stop         0                     3               | fence            # the administrator does not require a quorum
    enabled     failed  yes    2       | 1             stop         1                     3               | too-few-members  # the pool is smaller than the administrator wants for fencing
    enabled     failed  no     2       | 1             stop         0                     3               | too-few-members  # without a required quorum the pool may still be too small

    # Nothing that the administrator gives away makes a host without a failure, or in maintenance, a target.
    maintenance failed  no     3       | 1             stop         0                     0               | in-maintenance   # in maintenance, whatever the quorum
    enabled     answers no     3       | 1             stop         0                     0               | answers-again    # the host came back, whatever the quorum
    enabled     failed  yes    3       | 0             start        0                     0               | fencing-disabled # switched off is the first reason that is told
    maintenance answers yes    3       | 1             stop         1                     3               | in-maintenance   # in maintenance and alive
    maintenance answers no     1       | 1             start        1                     3               | action-is-start  # the setting is told before anything about the host
    maintenance answers no     1       | 0             stop         1                     3               | fencing-disabled # every doubt at once
    enabled     failed  no     1       | 1             stop         1                     3               | no-quorum        # neither quorum nor enough members
    `,
  );
  for (const { host, health, quorum, members, verdict, why, ...settings } of rows) {
    test(`${why}: ${verdict}`, () => {
      const tally = { members, alive: 2, votes: 2, quorate: quorum };
      const found = judgeFence({ enabled: host, failed: health }, tally, {
        ...settings,
        FENCE_METHOD: "ILO",
      });
      expect<string>(found.kind === "fence" ? "fence" : found.why).toBe(verdict);
    });
  }
});

describe("methodProves", () => {
  const rows = table(
    { method: String, proves: meaning({ "power-off": true, nothing: false }) },
    `
    method  | proves
    ILO     | power-off
    XVM     | power-off
    IPMI    | power-off
    REDFISH | power-off
    MYAGENT | power-off  # an agent of the administrator's own
    POOL    | nothing    # it switches nothing off
    `,
  );
  for (const { method, proves } of rows) {
    test(`${method} proves ${proves ? "the power-off" : "nothing"}`, () =>
      expect(methodProves(method)).toBe(proves));
  }
});

test("fenceMethods: the order of the setting is the order in which they are tried", () => {
  expect(fenceMethods("IPMI")).toEqual(["IPMI"]);
  expect(fenceMethods("REDFISH,IPMI,POOL")).toEqual(["REDFISH", "IPMI", "POOL"]);
});
