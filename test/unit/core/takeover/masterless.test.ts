import { describe, expect, test } from "bun:test";
import type { PoolView } from "../../../../src/core/model/pool-view.ts";
import { endMasterless, isTurnToEnd, stepMasterless } from "../../../../src/core/takeover/masterless.ts";
import { ALIVE, DEAD, host, MASTER } from "../fixtures.ts";
import { lastGoodView } from "../memory/remembered.ts";
import { type Situation, slaveScene } from "../rounds.ts";

const unread: PoolView["database"] = { ok: false, fault: { kind: "timeout" } };

function since(probes: NonNullable<Situation["probes"]>, before: number | null = null): number | null {
  const { memory, round } = slaveScene({ probes, memory: { masterlessSinceMs: before } });
  return stepMasterless(memory, lastGoodView(), { ...round.view, database: unread });
}

describe("stepMasterless", () => {
  const nobody = { h1: ALIVE(host(3)), h3: ALIVE(host(1)) };
  test("begins when all others have said that they are no master, and goes on", () => {
    expect(since(nobody)).toBe(1_000_000);
    expect(since(nobody, 5)).toBe(5);
  });
  test("one that is master, or does not answer and may be it, ends it", () => {
    expect(since({ h1: MASTER, h3: ALIVE() }, 5)).toBeNull();
    expect(since({ h1: DEAD, h3: ALIVE() }, 5)).toBeNull();
    expect(since({ h3: ALIVE() }, 5)).toBeNull();
  });
  test("a database that can be read has a master behind it", () => {
    const { memory, round } = slaveScene({ probes: nobody });
    expect(stepMasterless(memory, lastGoodView(), round.view)).toBeNull();
  });
});

describe("isTurnToEnd", () => {
  const members = [host(3), host(2), host(1)];
  const turn = (number: number, afterS: number) => {
    const { round } = slaveScene({ atS: afterS }, number);
    return isTurnToEnd(0, members, round.view, { XAPI_COUNT: 2, XAPI_DELAY: 10 });
  };
  test("in the order of uuids, half a minute apart, the first after a minute", () => {
    expect([turn(1, 59), turn(1, 60)]).toEqual([false, true]);
    expect([turn(2, 89), turn(2, 90)]).toEqual([false, true]);
    expect([turn(3, 119), turn(3, 120)]).toEqual([false, true]);
  });
  test("a host that is no member has no turn", () => expect(turn(9, 900)).toBe(false));
});

describe("endMasterless", () => {
  const end = (situation: Situation) => {
    const { memory, round } = slaveScene(situation);
    return endMasterless(memory, round).actions.map(({ kind }) => kind);
  };
  const due = { masterlessSinceMs: 0 };
  test("the one whose turn it is becomes master: nobody is fenced, and nobody left out", () => {
    expect(end({ memory: due })).toEqual(["promote-self"]);
    const { memory, round } = slaveScene({ memory: due });
    expect(endMasterless(memory, round).memory.promotion).toMatchObject({
      oldMaster: null,
      awaited: [host(1), host(3)],
    });
  });
  test("not while there is a master, with PROMOTE_SLAVE=0, or with HA off", () => {
    expect(end({})).toEqual([]);
    expect(end({ memory: due, settings: { PROMOTE_SLAVE: false } })).toEqual([]);
    expect(end({ memory: { ...due, lastGood: lastGoodView({ haFlag: "off" }) } })).toEqual([]);
  });
});
