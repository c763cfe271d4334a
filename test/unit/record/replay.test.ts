import { describe, expect, test } from "bun:test";
import type { Recorded, RecordedRound } from "../../../src/record/recorded.ts";
import { replay } from "../../../src/record/replay.ts";
import { readBack, roundsOfMaster, toldFailover } from "./told-failover.ts";

describe("replay", () => {
  test("every round of a failover decides as it did, and learns what it did", async () => {
    const before = new Map<number, RecordedRound>();
    let ends = 0;
    for (const { host, text } of await toldFailover()) {
      const recorded = readBack(text);
      expect(replay(recorded, before.get(host) ?? null)).toBeNull();
      if (recorded.ended !== null) ends += 1;
      if (recorded.kind === "round") before.set(host, recorded);
    }
    expect(ends).toBeGreaterThan(3);
  });

  test("another setting decides otherwise, and where it does is said", async () => {
    const round = (await roundsOfMaster()).find(({ decided }) =>
      decided.actions.some(({ kind }) => kind === "fence-host"),
    );
    if (round === undefined) throw new Error("h3 is fenced");
    const off = { ...round, settings: { ...round.settings, FENCE_ENABLED: false } };
    expect(replay(off, null)).toMatchObject({
      of: "decision",
      path: "actions[0].kind",
      recorded: '"fence-host"',
    });
  });

  test("what ended is learnt by the round before: without it, it is not compared", async () => {
    const texts = (await toldFailover()).filter(({ host }) => host === 1);
    const all = texts.map(({ text }) => readBack(text));
    const isFence = ({ ended }: Recorded) =>
      ended?.outcomes.some(({ action }) => action.kind === "fence-host") === true;
    const at = all.findIndex(isFence);
    const [before, recorded] = [all[at - 1], all[at]];
    if (before?.kind !== "round" || recorded?.ended == null) throw new Error("the fence ends");
    const outcomes = recorded.ended.outcomes.map(({ action }) => ({
      action,
      result: { kind: "pending" } as const,
    }));
    const lied: Recorded = { ...recorded, ended: { ...recorded.ended, outcomes } };
    expect(replay(lied, before)?.of).toBe("outcome");
    expect(replay(lied, null)).toBeNull();
    expect(replay(lied, { ...before, round: before.round - 1 })).toBeNull();
  });

  test("a core that fails where it had decided is a difference", async () => {
    const [round] = await roundsOfMaster();
    if (round === undefined) throw new Error("there is a round");
    const broken = { ...round, view: { ...round.view, hearing: { peers: null } as never } };
    expect(replay(broken, null)?.now).toStartWith("an error: ");
  });
});
