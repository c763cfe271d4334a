import { describe, expect, test } from "bun:test";
import type { TieSight } from "../../../src/core/model/group-sight.ts";
import type { PoolView } from "../../../src/core/model/pool-view.ts";
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

  test("how far a take-over by this host has come, and its end", async () => {
    const [round] = await roundsOfMaster();
    if (round === undefined) throw new Error("there is a round");
    const taking = (phase: "promoting" | "righting" | null) => ({
      ...round.decided.memory,
      promotion: phase === null ? null : { oldMaster: null, sinceMs: 0, phase },
    });
    const phases = (before: "promoting" | "righting" | null, after: "promoting" | "righting" | null) =>
      eventsOf(
        {
          ...round,
          ended: null,
          memory: taking(before),
          decided: { ...round.decided, memory: taking(after), actions: [] },
        },
        null,
        [],
        AT,
      );
    expect(phases("promoting", "righting")).toEqual([{ kind: "take-over", at: AT, phase: "righting" }]);
    expect(phases("righting", null)).toEqual([{ kind: "take-over", at: AT, phase: "over" }]);
    expect(phases("righting", "righting")).toEqual([]);
    expect(parseEvents(phases("righting", null))).toHaveLength(1);
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

describe("the votes of a fence", () => {
  /** Of a roll of h1, which decides, and the host that it fences. */
  async function tieOf(over: (view: PoolView) => PoolView) {
    const rounds = await roundsOfMaster();
    const round = rounds.find(({ decided }) => decided.actions.some(({ kind }) => kind === "fence-host"));
    const fence = round?.decided.actions.find((action) => action.kind === "fence-host");
    if (round === undefined || fence?.kind !== "fence-host" || round.view.hearing === "unknown")
      throw new Error("h3 is fenced");
    const { group } = round.view.hearing;
    if (group.roll === null) throw new Error("h1 is in the group");
    const roll = { ...group.roll, hosts: [round.view.self.uuid, fence.host] };
    const view = { ...round.view, hearing: { ...round.view.hearing, group: { ...group, roll } } };
    const begun = eventsOf({ ...round, view: over(view) }, null, [], AT).find(({ kind }) => kind === "begun");
    return begun?.kind === "begun" ? begun.votes : null;
  }
  const claimed: TieSight = {
    ...{ name: "t", decides: true, holder: null, need: "lives" },
    ...{ isClaiming: false, trouble: null, troubleSinceMs: null },
  };
  const withTie = (view: PoolView): PoolView =>
    view.hearing === "unknown"
      ? view
      : { ...view, hearing: { ...view.hearing, group: { ...view.hearing.group, tie: claimed } } };

  test("where exactly half of them are heard, what decided is named", async () => {
    expect(await tieOf((view) => view)).toMatchObject({ heard: ["h1"], counts: ["h1", "h3"], tie: null });
    expect(await tieOf(withTie)).toMatchObject({ tie: "tie-breaker" });
    expect(await tieOf((view) => ({ ...withTie(view), heuristics: "all-answered" }))).toMatchObject({
      tie: "heuristic-ips",
    });
  });

  test("those of an earlier version do not say it", () => {
    const votes = { leader: "h1", counts: ["h1", "h2"], heard: ["h1"] };
    const begun = { kind: "begun", at: AT, what: "fence-host", of: "h2", from: null, votes };
    expect(parseEvents([begun])).toHaveLength(1);
    expect(parseEvents([{ ...begun, votes: { ...votes, tie: "a coin" } }])).toEqual([]);
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
