import { describe, expect, test } from "bun:test";
import { groupOf, hasMandate, isElecting, isLeftOut, mayAct } from "../../../../src/core/group/may-act.ts";
import type { ActionKind } from "../../../../src/core/model/action.ts";
import { host } from "../fixtures.ts";
import { hearing } from "../members/hearing.ts";
import { isLedBy, leads, NOBODY_LEADS, type SightOver, tieOf } from "../sight.ts";

const NOW_MS = 10_000;
const sight = (over: SightOver = {}) => ({
  nowMs: NOW_MS,
  hearing: { ...hearing(), group: leads(host(1), [host(1), host(2)], over) },
});
const UNHEARD = { nowMs: NOW_MS, hearing: "unknown" } as const;

test("groupOf: what the monitor says; nothing where it says nothing", () => {
  expect(groupOf(sight({ sinceMs: 7 }))?.sinceMs).toBe(7);
  expect(groupOf(UNHEARD)).toBeNull();
});

describe("hasMandate", () => {
  const rows: readonly [string, SightOver, boolean][] = [
    ["it lasts until later", { mandateUntilMs: NOW_MS + 1 }, true],
    ["it ends now", { mandateUntilMs: NOW_MS }, true],
    ["it is over", { mandateUntilMs: NOW_MS - 1 }, false],
    ["another host leads", isLedBy(host(2)), false],
    ["nobody leads", NOBODY_LEADS, false],
    ["it leads, and is about to hand over", { mandateUntilMs: null }, false],
  ];
  for (const [what, over, expected] of rows)
    test(`${what}: ${expected}`, () => expect(hasMandate(sight(over))).toBe(expected));

  test("its monitor says nothing: false", () => expect(hasMandate(UNHEARD)).toBe(false));
});

describe("isLeftOut", () => {
  const [ON, OUT] = [host(2), host(3)];
  const isOut = (over: SightOver, one = OUT) => isLeftOut(one, sight(over));
  const rows: readonly [string, boolean, boolean][] = [
    ["this host leads without it", isOut({}), true],
    ["it is on the roll", isOut({}, ON), false],
    ["this host itself is on the roll", isOut({}, host(1)), false],
    ["the roll is not settled", isOut({ roll: { settled: false } }), false],
    ["this host has no roll", isOut({ roll: null }), false],
    ["the mandate ends now", isOut({ mandateUntilMs: NOW_MS }), true],
    ["the mandate is over", isOut({ mandateUntilMs: NOW_MS - 1 }), false],
    ["another host leads without it", isOut(isLedBy(ON)), false],
    ["nobody leads", isOut(NOBODY_LEADS), false],
    ["its monitor says nothing", isLeftOut(OUT, UNHEARD), false],
  ];
  for (const [what, found, expected] of rows)
    test(`${what}: ${expected}`, () => expect(found).toBe(expected));
});

/** Every kind of action; a new one does not compile before somebody has decided whose it is. */
const WHOSE: Readonly<Record<ActionKind, "leader" | "anybody">> = {
  "start-vm": "leader",
  "start-appliance": "leader",
  "declare-host-dead": "leader",
  "forget-host": "leader",
  "switch-on-host": "leader",
  "enable-host": "leader",
  "restart-xapi": "leader",
  "correct-database": "leader",
  "promote-self": "leader",
  "fence-host": "anybody",
  "stamp-home-pool": "anybody",
  "keep-stop": "anybody",
  "mark-host": "anybody",
  "set-pool-key": "anybody",
  "sync-database": "anybody",
  "store-database": "anybody",
  "fetch-database": "anybody",
  "follow-master": "anybody",
  "hold-xapi": "anybody",
  "release-xapi": "anybody",
  "resign-master": "anybody",
  "unblock-routes": "anybody",
  "restart-toolstack": "anybody",
  "check-fence-devices": "anybody",
  "reboot-self": "anybody",
  mail: "anybody",
  "post-message": "anybody",
};

describe("mayAct", () => {
  for (const [kind, whose] of Object.entries(WHOSE) as [ActionKind, "leader" | "anybody"][]) {
    test(`${kind}: ${whose}`, () => {
      expect(mayAct(kind, sight())).toBe(true);
      for (const without of [sight(isLedBy(host(2))), sight({ mandateUntilMs: NOW_MS - 1 }), UNHEARD])
        expect(mayAct(kind, without)).toBe(whose === "anybody");
    });
  }
});

describe("isElecting", () => {
  const NOW = 100_000;
  const sees = (over: SightOver) =>
    isElecting({ nowMs: NOW, hearing: { ...hearing(), group: leads(host(1), [host(1), host(2)], over) } });
  const claims = { ...NOBODY_LEADS, tie: tieOf({ need: "lacks", isClaiming: true }) };
  const rows: readonly [string, boolean, boolean][] = [
    ["this host leads", sees({ sinceMs: NOW }), false],
    ["it stands", sees({ lead: "stands", sinceMs: 0 }), true],
    [
      "it stands, and the tie that it lacks is another host's: that does not pass",
      sees({ lead: "stands", tie: tieOf({ need: "lacks", holder: host(2) }) }),
      false,
    ],
    [
      "it stands, and the tie-breaker does not answer: that may last",
      sees({ lead: "stands", tie: tieOf({ need: "lost", trouble: "no route" }) }),
      false,
    ],
    ["it claims the tie", sees({ ...claims, sinceMs: 0 }), true],
    [
      "it stands, and needs no tie",
      sees({ lead: "stands", tie: tieOf({ holder: host(2), trouble: "no route" }) }),
      true,
    ],
    ["it is elected, and its roll is not settled", sees({ lead: "elected", sinceMs: 0 }), true],
    ["nobody has led for less than 4 s", sees({ ...NOBODY_LEADS, sinceMs: NOW - 3_999 }), true],
    ["nobody has led for 4 s: it cannot be elected", sees({ ...NOBODY_LEADS, sinceMs: NOW - 4_000 }), false],
    ["another host leads", sees({ ...isLedBy(host(2)), sinceMs: NOW }), false],
    ["its monitor says nothing", isElecting({ nowMs: NOW, hearing: "unknown" }), false],
  ];
  for (const [title, found, expected] of rows) test(title, () => expect(found).toBe(expected));
});
