import { describe, expect, test } from "bun:test";
import { standDown } from "../../../../src/core/takeover/stand-down.ts";
import { ALIVE, address, host, MASTER } from "../fixtures.ts";
import { healthOf, masterScene, type Situation } from "../rounds.ts";

const rival = { kind: "rival", host: host(2), address: address(host(2)) } as const;
const health = healthOf({ h2: "alive", h3: "alive" });
const away = { health, sawPoolSinceBoot: false };

function actions(situation: Situation) {
  const { memory, round } = masterScene({
    probes: { h2: MASTER, h3: ALIVE(host(2)) },
    memory: away,
    ...situation,
  });
  const step = standDown(memory, rival, round);
  expect(step.reasons).toEqual([{ kind: "rival-master", host: "h2", address: address(host(2)) }]);
  return step.actions;
}

describe("standDown", () => {
  test("a host that was away follows a living master whom another member follows", () =>
    expect(actions({})).toEqual([{ kind: "follow-master", address: address(host(2)) }]));

  test("one that was never away, or has itself taken over, leaves it to the other", () => {
    expect(actions({ memory: { health } })).toEqual([]);
    expect(actions({ memory: { ...away, promoted: { oldMaster: host(2), epoch: 1 } } })).toEqual([]);
  });

  test("a master whom nobody follows, who does not live, or whom nobody knows, is not followed", () => {
    expect(actions({ probes: { h2: MASTER, h3: ALIVE() } })).toEqual([]);
    expect(actions({ memory: { ...away, health: healthOf({ h2: "failed", h3: "alive" }) } })).toEqual([]);
    expect(actions({ probes: { h2: MASTER, h3: ALIVE(host(9)) } })).toEqual([]);
  });
});
