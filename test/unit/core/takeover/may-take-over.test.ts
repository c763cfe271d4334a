import { describe, expect, test } from "bun:test";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import type { Hearing } from "../../../../src/core/model/hearing.ts";
import type { HostUuid } from "../../../../src/core/model/ids.ts";
import type { PromotionRefusal } from "../../../../src/core/model/reason.ts";
import type { CoreSettings } from "../../../../src/core/model/settings.ts";
import { judgeTakeOver, PATIENCE_KEY, waitUntilThen } from "../../../../src/core/takeover/may-take-over.ts";
import { ALIVE, DEAD, goodView, healthIn, host, knownHost, memoryWith, slaveRound } from "../fixtures.ts";
import { hearing, peer } from "../members/hearing.ts";
import { isLedBy, NOBODY_LEADS, type SightOver } from "../sight.ts";

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
  /** What is left out: it leads. */
  readonly group?: SightOver;
  readonly hearing?: Hearing;
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
  const { settings = {}, group = {} } = turn;
  const round = slaveRound(memory, {
    nowMs: FAILED_MS + afterS * 1_000,
    probes,
    settings,
    group,
    ...(turn.hearing && { hearing: turn.hearing }),
  });
  return { memory, round };
}

function judge(afterS: number, turn: Turn = {}): PromotionRefusal | null {
  const { memory, round } = situation(afterS, turn);
  return judgeTakeOver(memory, host(1), turn.isQuorate !== false, round);
}

/** By the administrator's choice a host without mandate may begin. */
const chosen = (turn: Turn): Turn => ({ group: NOBODY_LEADS, ...turn });

/** The first second at which this host may act; null when it never may. */
function turnAfterS(turn: Turn): number | null {
  for (let afterS = 0; afterS <= 600; afterS++) if (judge(afterS, turn) === null) return afterS;
  return null;
}

const last = [host(3), host(1), host(2)];
const pair = { members: [host(1), host(2)], heard: [], ranking: [host(2)] };

describe("judgeTakeOver, by the leader", () => {
  const away = (turn: Turn = {}) => turnAfterS({ wasAway: true, ...turn });
  const rows: readonly [string, number | null, number | null][] = [
    ["at once", turnAfterS({}), 0],
    ["whatever the votes", turnAfterS({ isQuorate: false }), 0],
    ["the second, and the first lives", turnAfterS({ ranking: [host(4), host(2)] }), 0],
    ["not in the ranking", turnAfterS({ ranking: [host(3)] }), 0],
    ["in a tie", turnAfterS(pair), 0],
    ["away since its boot", away(), 120],
    ["away since its boot, with longer retries", away({ settings: { XAPI_COUNT: 10 } }), 200],
    ["away since its boot, and last of the ranking", away({ ranking: last }), 120],
    ["away since its boot, in a tie", away(pair), 120],
    ["away since its boot, and it leads since the failure", away({ group: { sinceMs: FAILED_MS } }), 120],
    [
      "away since its boot, and it leads for 30 s less",
      away({ group: { sinceMs: FAILED_MS + 30_000 } }),
      150,
    ],
    ["it leads for 30 s less, and was not away", turnAfterS({ group: { sinceMs: FAILED_MS + 30_000 } }), 0],
  ];
  for (const [title, afterS, expected] of rows)
    test(`judgeTakeOver: ${title}: after ${expected} s`, () => expect(afterS).toBe(expected));
});

describe("judgeTakeOver, without a mandate, by choice", () => {
  const choice = (turn: Turn = {}) => turnAfterS(chosen(turn));
  const rows: readonly [string, number | null, number | null][] = [
    ["a master that lives goes first", choice(), 55],
    ["with another MONITOR_DELAY", choice({ settings: { MONITOR_DELAY: 15 } }), 25],
    ["in a tie", choice(pair), 55],
    ["last of the ranking, or not in it", choice({ ranking: [host(4)] }), 55],
    ["it hears a host that goes before it on the roll", choice({ hearing: hearing(peer(1)) }), 120],
    ["it hears one that goes behind it", choice({ hearing: hearing(peer(3)) }), 55],
    ["its mandate is over", choice({ group: { mandateUntilMs: 0 } }), 55],
    ["it asks for votes", choice({ group: { ...NOBODY_LEADS, lead: "stands" } }), 55],
    ["it hears another leader", choice({ group: isLedBy(host(3)) }), null],
    ["it is told of another leader", choice({ group: { ...isLedBy(host(3)), lead: "told" } }), null],
  ];
  for (const [title, afterS, expected] of rows) {
    const when = expected === null ? "never" : `after ${expected} s`;
    test(`judgeTakeOver: ${title}: ${when}`, () => expect(afterS).toBe(expected));
  }
});

describe("judgeTakeOver, refusals", () => {
  const off = { settings: { PROMOTE_SLAVE: false } };
  const few = { isQuorate: false };
  const rows: readonly [string, PromotionRefusal | null, PromotionRefusal][] = [
    ["PROMOTE_SLAVE=0", judge(0, off), "promotion-disabled"],
    ["PROMOTE_SLAVE=0, before anything else", judge(0, chosen({ ...off, ...few })), "promotion-disabled"],
    [
      "disabled, and another host leads",
      judge(0, { isEnabled: false, group: isLedBy(host(3)) }),
      "led-by-another",
    ],
    ["disabled, and it leads, so that no other one may", judge(0, { isEnabled: false }), "in-maintenance"],
    ["disabled, and nobody leads", judge(0, chosen({ isEnabled: false })), "in-maintenance"],
    ["no mandate, and too few votes", judge(0, chosen(few)), "no-quorum"],
    ["its mandate is over", judge(0, { ...few, group: { mandateUntilMs: FAILED_MS - 1 } }), "no-quorum"],
    ["another host leads", judge(0, { ...few, group: isLedBy(host(3)) }), "led-by-another"],
    [
      "another host leads, of which it is told",
      judge(0, { ...few, group: { ...isLedBy(host(3)), lead: "told" } }),
      "led-by-another",
    ],
    ["a master that lives goes first", judge(54, chosen({})), "too-early"],
    ["the leader was away", judge(119, { wasAway: true }), "too-early"],
  ];
  for (const [title, why, expected] of rows)
    test(`judgeTakeOver: ${title}: ${expected}`, () => expect(why).toBe(expected));
});

describe("waitUntilThen", () => {
  const rows: readonly [string, Turn, number][] = [
    ["a host without a mandate", chosen({}), 55],
    ["a leader that was away", { wasAway: true, group: { sinceMs: FAILED_MS + 2_000 } }, 122],
  ];
  for (const [who, turn, afterS] of rows) {
    test(`waitUntilThen: ${who}: the next pass is wanted at the very moment of its end, and the waiting is said`, () => {
      const { memory, round } = situation(3, turn);
      const step = waitUntilThen(memory, host(1), round);
      const notBeforeMs = FAILED_MS + afterS * 1_000;
      expect(step.memory.retries[PATIENCE_KEY]).toEqual({ failures: 0, notBeforeMs });
      expect(step.actions).toEqual([]);
      expect(step.reasons).toEqual([
        { kind: "not-promoted", master: "h1", why: "too-early", silent: [], tie: null },
      ]);
    });
  }
});
