import { describe, expect, test } from "bun:test";
import { judgeTakeOver, TURN_KEY, waitForTurn } from "../../../../src/core/takeover/turn.ts";
import { ALIVE, DEAD, host } from "../fixtures.ts";
import { knownHost, lastGoodView } from "../memory/remembered.ts";
import { healthOf, type Situation, slaveScene } from "../rounds.ts";

/** The master h1 has failed at 0; XAPI_COUNT × XAPI_DELAY is 20 s. */
const dead = { health: healthOf({ h1: "failed", h3: "alive" }) };
const probes = { h1: DEAD, h3: ALIVE() };

function judge(atS: number, situation: Situation = {}, number = 2, isQuorate = true): string {
  const lastGood = situation.memory?.lastGood ?? lastGoodView();
  const { memory, round } = slaveScene(
    { atS, probes, ...situation, memory: { ...dead, lastGood, ...situation.memory } },
    number,
  );
  return judgeTakeOver(memory, host(1), lastGood, isQuorate, round) ?? "now";
}

describe("judgeTakeOver", () => {
  test("the first of the ranking acts at once", () => expect(judge(0)).toBe("now"));

  test("the next one waits until the first has had its time, and never while that one lives", () => {
    const alone = {
      probes: { h1: DEAD, h2: DEAD },
      memory: { health: healthOf({ h1: "failed", h2: "failed" }) },
    };
    expect(judge(19, alone, 3)).toBe("waits-its-turn");
    expect(judge(20, alone, 3)).toBe("now");
    const first = {
      probes: { h1: DEAD, h2: ALIVE() },
      memory: { health: healthOf({ h1: "failed", h2: "alive" }) },
    };
    expect(judge(9_000, first, 3)).toBe("not-the-successor");
  });

  test("one that is not in the ranking never does", () =>
    expect(judge(9_000, { memory: { lastGood: lastGoodView({ ranking: [host(3)] }) } })).toBe(
      "not-the-successor",
    ));

  test("a host that has not seen its master since its boot lets the others go first", () => {
    const away = { memory: { sawPoolSinceBoot: false } };
    expect([judge(119, away), judge(120, away)]).toEqual(["waits-its-turn", "now"]);
  });

  test("in a tie the slave's half waits a MONITOR_DELAY and an XAPI_DELAY longer", () => {
    const two = lastGoodView({ hosts: [knownHost(host(1)), knownHost(host(2))], ranking: [host(2)] });
    const tie = { probes: { h1: DEAD }, memory: { lastGood: two, health: healthOf({ h1: "failed" }) } };
    expect([judge(54, tie), judge(55, tie)]).toEqual(["waits-its-turn", "now"]);
  });

  test("PROMOTE_SLAVE=0, maintenance and a missing quorum forbid it", () => {
    expect(judge(0, { settings: { PROMOTE_SLAVE: false } })).toBe("promotion-disabled");
    expect(judge(0, {}, 2, false)).toBe("no-quorum");
    const hosts = [knownHost(host(1)), knownHost(host(2), { enabled: false }), knownHost(host(3))];
    expect(judge(0, { memory: { lastGood: lastGoodView({ hosts }) } })).toBe("not-the-successor");
    expect(judge(0, { memory: { lastGood: lastGoodView({ hosts, ranking: [] }) } })).toBe("in-maintenance");
  });
});

test("waitForTurn: the monitor is to wake when the turn comes", () => {
  const lastGood = lastGoodView();
  const { memory, round } = slaveScene({
    atS: 1,
    probes,
    memory: { ...dead, lastGood, sawPoolSinceBoot: false },
  });
  const step = waitForTurn(memory, host(1), lastGood, round);
  expect(step.memory.retries[TURN_KEY]?.notBeforeMs).toBe(120_000);
  expect(step.reasons).toEqual([{ kind: "not-promoted", why: "waits-its-turn" }]);
});
