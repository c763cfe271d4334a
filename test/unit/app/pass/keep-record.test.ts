import { describe, expect, test } from "bun:test";
import type { RecordHead } from "../../../../src/ports/record.ts";
import { restedPool, SECOND, said } from "../../../simulated/pool/stage.ts";
import { readBack, toldFailover } from "../../record/told-failover.ts";

describe("keepRound", () => {
  test("only what happens to hosts and VMs is eventful, from the first suspicion on", async () => {
    const told = (await toldFailover()).filter(({ host }) => host === 1);
    const isEventful = told.map(({ head }) => head.eventful);
    expect([isEventful[0], isEventful.at(-1)]).toEqual([false, false]);
    const first = told.findIndex(({ head }) => head.eventful);
    const round = readBack(told[first]?.text ?? "");
    if (round.kind !== "round") throw new Error("it begins with a round");
    expect(Object.values(round.decided.memory.health).map(({ state }) => state)).toContain("suspect");
  });

  test("the rounds of a pass are counted, and each has what was begun in it", async () => {
    const told = (await toldFailover()).filter(({ host }) => host === 1);
    const all = told.map(({ text }) => readBack(text));
    const fencing = all.find(
      (one) => one.kind === "round" && one.begun.some((key) => key.startsWith("fence-host:")),
    );
    const rounds = all.filter(({ passMs }) => passMs === fencing?.passMs).map(({ round }) => round);
    expect(rounds).toEqual(rounds.map((_, index) => index));
  });
});

test("a record that cannot be kept is one line, and nothing else", async () => {
  const pool = await restedPool(3);
  const heads: RecordHead[] = [];
  pool.world.recorderOf = (host) => ({
    keep: (make) => void heads.push(make().head),
    end: async () => ({ why: host === 1 && pool.world.nowMs() < 60 * SECOND ? "the disk is full" : null }),
  });
  pool.power(3, false);
  await pool.run(120 * SECOND);
  expect(said(pool, "Cannot keep the record: the disk is full.").length).toBeGreaterThan(0);
  expect(pool.running("vm3")).not.toEqual([]);
  expect(heads.length).toBeGreaterThan(20);
});
