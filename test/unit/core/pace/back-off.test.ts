import { describe, expect, test } from "bun:test";
import type { Retry } from "../../../../src/core/memory/attempts.ts";
import type { Action, ActionKind } from "../../../../src/core/model/action.ts";
import { afterFailure, isDue, mayBegin, whenDue } from "../../../../src/core/pace/back-off.ts";
import { host, master } from "../fixtures.ts";
import { remembered } from "../memory/remembered.ts";
import { isLedBy, type SightOver } from "../sight.ts";

describe("afterFailure", () => {
  // The waits in seconds after each failure in a row; the last one repeats.
  const rows: readonly [ActionKind, readonly number[]][] = [
    ["start-vm", [60, 120, 240, 480, 900, 900]],
    ["start-appliance", [60, 120, 240, 480, 900, 900]],
    ["fence-host", [5, 15, 30, 60, 120, 120]],
    ["declare-host-dead", [2, 5, 15, 30, 60, 60]],
    ["promote-self", [5, 15, 30, 60, 60]],
    ["follow-master", [2, 3, 5, 15, 15]],
    ["release-xapi", [2, 5, 15, 15]],
    ["unblock-routes", [2, 5, 15, 15]],
    ["set-pool-key", [15, 60, 300, 300]],
  ];
  for (const [kind, waits] of rows)
    test(`${kind} is tried again after ${waits.join(", ")} s`, () => {
      let retry: Retry | undefined;
      const tried = waits.map((_, index) => {
        retry = afterFailure(retry, kind, 1_000_000);
        expect(retry.failures).toBe(index + 1);
        return (retry.notBeforeMs - 1_000_000) / 1_000;
      });
      expect(tried).toEqual([...waits]);
    });
});

test("isDue: at once when nothing has failed, and from the end of the wait on", () => {
  const retry = { failures: 1, notBeforeMs: 5_000 };
  expect([isDue(undefined, 0), isDue(retry, 4_999), isDue(retry, 5_000)]).toEqual([true, false, true]);
});

const fence = (number: number): Action => ({
  kind: "fence-host",
  host: host(number),
  address: "",
  pingIsLife: false,
  byLeader: true,
});

/** At 10 s the attempt on h2 is in flight, and that on h3 failed and waits until 12 s. */
const round = (atS: number, group: SightOver = {}) => {
  const retries = { "fence-host:h3": { failures: 1, notBeforeMs: 12_000 } };
  return {
    ...master().input(atS, { group }),
    memory: remembered({ retries }),
    inFlight: new Set(["fence-host:h2"]),
  };
};

describe("mayBegin", () => {
  const rows: readonly [string, number, number, boolean][] = [
    ["an action that is in flight does not begin again", 2, 10, false],
    ["one that failed waits", 3, 10, false],
    ["one that failed begins again after its wait", 3, 12, true],
    ["the same kind of action on another host begins", 4, 10, true],
  ];
  for (const [what, number, atS, begins] of rows)
    test(what, () => expect(mayBegin(fence(number), round(atS))).toBe(begins));

  test("what only the leader does begins only under its mandate", () => {
    const promote: Action = { kind: "promote-self", rests: [], route: null };
    const begins = (group: SightOver) => mayBegin(promote, round(10, group));
    expect([begins({}), begins(isLedBy(host(2))), begins({ mandateUntilMs: 9_999 })]).toEqual([
      true,
      false,
      false,
    ]);
  });
  test("anybody's action begins without one, too", () => {
    const note: Action = { kind: "set-pool-key", key: "k", value: "v" };
    expect(mayBegin(note, round(10, isLedBy(host(2))))).toBe(true);
  });
});

test("whenDue: the action when it may begin, else none", () => {
  expect(whenDue(fence(4), round(10))).toEqual([fence(4)]);
  expect(whenDue(fence(2), round(10))).toEqual([]);
});
