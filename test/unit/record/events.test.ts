import { describe, expect, test } from "bun:test";
import { parseEvents } from "../../../src/record/event-shapes.ts";
import { eventsOf } from "../../../src/record/events.ts";
import { roundsOfMaster, toldFailover } from "./told-failover.ts";

const AT = "2026-11-30T19:43:49.000Z";

describe("eventsOf", () => {
  test("nothing happens in a pool that is well", async () => {
    const [round] = await roundsOfMaster();
    expect(round === undefined ? null : eventsOf(round, null, [], AT)).toEqual([]);
  });

  test("what was said is an event of its own, on one line and not longer than anybody reads", async () => {
    const [round] = await roundsOfMaster();
    if (round === undefined) throw new Error("there is a round");
    const body = `h9\n${"x".repeat(1_000)}`;
    const [said, ...others] = eventsOf(round, null, [{ severity: "error", body }], AT);
    expect(others).toEqual([]);
    expect(said).toMatchObject({
      kind: "said",
      at: AT,
      severity: "error",
      text: expect.stringMatching(/^h9 x{396}…$/),
    });
  });

  test("what a boot has forgotten has not happened in it", async () => {
    const rounds = await roundsOfMaster();
    const round = rounds.find(({ memory }) => Object.keys(memory.incidents).length > 0);
    if (round === undefined) throw new Error("there is an incident");
    const memory = { ...round.decided.memory, bootId: "another", incidents: {}, health: {} };
    const booted = { ...round, ended: null, decided: { ...round.decided, memory, actions: [] } };
    expect(eventsOf(booted, null, [], AT)).toEqual([]);
  });
});

describe("parseEvents", () => {
  test("every event of a failover is one", async () => {
    const all = (await toldFailover()).flatMap(({ head }) => head.events);
    expect(all.length).toBeGreaterThan(15);
    expect(parseEvents(JSON.parse(JSON.stringify(all)))).toEqual(all);
  });

  test("what is none is passed over", () => {
    const good = { kind: "said", at: AT, severity: "info", text: "x" };
    const bad = [
      null,
      7,
      "x",
      {},
      { ...good, at: "soon" },
      { ...good, severity: 1 },
      { ...good, kind: "later" },
    ];
    expect(parseEvents([...bad, good])).toEqual([good as never]);
  });
});
