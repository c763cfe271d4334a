import { describe, expect, test } from "bun:test";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import type { HostUuid } from "../../../../src/core/model/ids.ts";
import type { PromotionRefusal } from "../../../../src/core/model/reason.ts";
import type { CoreSettings } from "../../../../src/core/model/settings.ts";
import { judgeTakeOver, TURN_KEY, waitForTurn } from "../../../../src/core/takeover/turn.ts";
import { ALIVE, DEAD, goodView, healthIn, host, knownHost, memoryWith, slaveRound } from "../fixtures.ts";

const FAILED_MS = 500_000;
const FIVE = [1, 2, 3, 4, 5].map((number) => host(number));

interface Turn {
  readonly ranking?: readonly HostUuid[];
  readonly members?: readonly HostUuid[];
  /** The others that answer. */
  readonly heard?: readonly HostUuid[];
  readonly wasAway?: boolean;
  readonly isEnabled?: boolean;
  readonly isQuorate?: boolean;
  readonly settings?: Partial<CoreSettings>;
}

/** A round of h2, `afterS` seconds after its master h1 has failed. A turn is 20 s (XAPI_COUNT 2, XAPI_DELAY 10). */
function situation(afterS: number, turn: Turn) {
  const { ranking = [host(2), host(3)], members = FIVE, heard = [host(4), host(5)] } = turn;
  const hosts = members.map((uuid) =>
    knownHost(uuid, { enabled: uuid !== host(2) || turn.isEnabled !== false }),
  );
  const lastGood = goodView({ hosts, members, ranking });
  const others = members.filter((uuid) => uuid !== host(2));
  const isHeard = (uuid: HostUuid) => heard.includes(uuid);
  const health: Memory["health"] = Object.fromEntries(
    others.map((uuid) => [uuid, healthIn(isHeard(uuid) ? "alive" : "failed", { sinceMs: FAILED_MS })]),
  );
  const memory = memoryWith({ lastGood, health, sawPoolSinceBoot: turn.wasAway !== true });
  const probes = Object.fromEntries(others.map((uuid) => [uuid, isHeard(uuid) ? ALIVE() : DEAD]));
  const settings = turn.settings ?? {};
  const round = slaveRound(memory, { nowMs: FAILED_MS + afterS * 1_000, probes, settings });
  return { memory, lastGood, round };
}

function judge(afterS: number, turn: Turn = {}): PromotionRefusal | null {
  const { memory, lastGood, round } = situation(afterS, turn);
  return judgeTakeOver(memory, host(1), lastGood, turn.isQuorate !== false, round);
}

/** The first second at which this host may act; null when it never may. */
function turnAfterS(turn: Turn): number | null {
  for (let afterS = 0; afterS <= 600; afterS++) if (judge(afterS, turn) === null) return afterS;
  return null;
}

describe("judgeTakeOver", () => {
  const last = [host(3), host(1), host(2)];
  const pair = { members: [host(1), host(2)], heard: [], ranking: [host(2)] };
  const rows: readonly [string, number | null, number | null][] = [
    ["the first of the ranking", turnAfterS({}), 0],
    ["the second, and the first is silent", turnAfterS({ ranking: [host(3), host(2)] }), 20],
    ["the third, and those before it are silent", turnAfterS({ ranking: last }), 40],
    ["the second, and the first lives", turnAfterS({ ranking: [host(4), host(2)] }), null],
    ["not in the ranking", turnAfterS({ ranking: [host(3)] }), null],
    ["the first, away since its boot", turnAfterS({ wasAway: true }), 120],
    [
      "the first, away since its boot, with longer retries",
      turnAfterS({ wasAway: true, settings: { XAPI_COUNT: 10 } }),
      200,
    ],
    ["the second, away since its boot", turnAfterS({ ranking: [host(3), host(2)], wasAway: true }), 140],
    ["the first, in a tie", turnAfterS(pair), 55],
    [
      "the first, in a tie, with another MONITOR_DELAY",
      turnAfterS({ ...pair, settings: { MONITOR_DELAY: 15 } }),
      25,
    ],
    ["the first, away since its boot, in a tie", turnAfterS({ ...pair, wasAway: true }), 175],
  ];
  for (const [title, afterS, expected] of rows) {
    const when = expected === null ? "never" : `after ${expected} s`;
    test(`judgeTakeOver: ${title}: ${when}`, () => expect(afterS).toBe(expected));
  }

  const refusals: readonly [string, PromotionRefusal | null, PromotionRefusal | null][] = [
    ["PROMOTE_SLAVE=0", judge(0, { settings: { PROMOTE_SLAVE: false } }), "promotion-disabled"],
    ["disabled, and another one is to take over", judge(0, { isEnabled: false }), "not-the-successor"],
    [
      "disabled, and no other one is to take over",
      judge(0, { isEnabled: false, ranking: [] }),
      "in-maintenance",
    ],
    ["too few votes", judge(0, { isQuorate: false }), "no-quorum"],
    ["one before it lives", judge(600, { ranking: [host(4), host(2)] }), "not-the-successor"],
    ["its turn is still to come", judge(19, { ranking: [host(3), host(2)] }), "waits-its-turn"],
  ];
  for (const [title, why, expected] of refusals) {
    test(`judgeTakeOver: ${title}: ${expected}`, () => expect(why).toBe(expected));
  }
});

test("waitForTurn: the next pass is wanted at the very moment of the turn, and the waiting is said", () => {
  const { memory, lastGood, round } = situation(3, { ranking: [host(3), host(2)] });
  const step = waitForTurn(memory, host(1), lastGood, round);
  expect(step.memory.retries[TURN_KEY]).toEqual({ failures: 0, notBeforeMs: FAILED_MS + 20_000 });
  expect(step.actions).toEqual([]);
  expect(step.reasons).toEqual([{ kind: "not-promoted", why: "waits-its-turn" }]);
});
