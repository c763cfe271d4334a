import { describe, expect, test } from "bun:test";
import { VoteKeeper } from "../../../../src/app/daemons/vote-keeper.ts";
import { NOTHING_STORED, type Stored } from "../../../../src/core/group/stored.ts";
import { hostUuid, type PoolUuid, poolUuid } from "../../../../src/core/model/ids.ts";
import type { FoundVote } from "../../../../src/ports/vote-store.ts";
import { portClock, VirtualClock } from "../../../../src/simulation/clock.ts";

const POOL = poolUuid("p");
const OTHER_POOL = poolUuid("q");
const vote = (count: number): Stored => ({ term: { count, host: hostUuid("a") }, roll: null, before: null });
const [FIRST, SECOND, THIRD] = [vote(1), vote(2), vote(3)];

/** A keeper, and a disk that answers when it is told to. */
function stage(found: FoundVote = { kind: "none" }) {
  const saves: string[] = [];
  const log: string[] = [];
  const answers: { readonly done: () => void; readonly fail: (why: unknown) => void }[] = [];
  const clock = new VirtualClock();
  const keeper = new VoteKeeper(
    {
      load: async () => found,
      save: (pool, stored) =>
        new Promise<void>((done, fail) => {
          saves.push(`${pool} ${stored.term.count}`);
          answers.push({ done, fail });
        }),
    },
    {
      logger: { log: (severity, _from, text) => void log.push(`${severity} ${text}`) },
      clock: portClock(clock, () => 0),
    },
  );
  const said: string[] = [];
  /** Says which of the votes may be said, by its count. */
  const onDisk = () =>
    [FIRST, SECOND, THIRD].filter((one) => keeper.isOnDisk(one)).map(({ term }) => term.count);
  return {
    ...{ keeper, saves, log, said, onDisk },
    pass: (ms: number) => clock.run(ms),
    keep: (stored: Stored) => keeper.keep(stored, () => void said.push(`${stored.term.count}`)),
    /** The disk answers the oldest question that it has not answered. */
    answer: async (why?: unknown) => {
      const { done, fail } = answers.shift() ?? {};
      if (why === undefined) done?.();
      else fail?.(why);
      await Bun.sleep(0);
    },
  };
}

async function entered(pool: PoolUuid = POOL) {
  const staged = stage();
  await staged.keeper.enter(pool);
  return staged;
}

describe("VoteKeeper: what is on the disk already", () => {
  const rows: readonly [string, FoundVote, Stored, readonly string[]][] = [
    ["a vote", { kind: "stored", stored: FIRST }, FIRST, []],
    ["nothing", { kind: "none" }, NOTHING_STORED, []],
    [
      "something that cannot be used: that is told",
      { kind: "damaged", why: "one of its two files is missing" },
      NOTHING_STORED,
      [
        "error What this host has stored of its vote is lost: one of its two files is missing. It does not vote until a leader has told it the roll.",
      ],
    ],
  ];
  for (const [what, found, expected, lines] of rows)
    test(what, async () => {
      const { keeper, log } = stage(found);
      expect(await keeper.enter(POOL)).toBe(expected);
      expect(keeper.isOnDisk(expected)).toBe(true);
      expect(keeper.isOnDisk(SECOND)).toBe(false);
      expect(log).toEqual([...lines]);
      expect(keeper.trouble()).toBeNull();
    });

  test("it is looked at once in each pool", async () => {
    const { keeper } = stage({ kind: "stored", stored: FIRST });
    await keeper.enter(POOL);
    expect(await keeper.enter(POOL)).toBeNull();
    expect(await keeper.enter(OTHER_POOL)).toBe(FIRST);
  });

  test("before a pool is known nothing is, and nothing is stored", () => {
    const { keep, saves, onDisk } = stage();
    keep(FIRST);
    expect([saves, onDisk()]).toEqual([[], []]);
  });
});

describe("VoteKeeper: nothing is said before it is on the disk", () => {
  test("a vote may be said when the disk has answered, and then it is", async () => {
    const { keep, answer, saves, said, onDisk, log } = await entered();
    keep(FIRST);
    expect([saves, said, onDisk()]).toEqual([["p 1"], [], []]);
    await answer();
    expect([saves, said, onDisk(), log]).toEqual([["p 1"], ["1"], [1], []]);
  });

  test("what is there is not stored again", async () => {
    const { keep, answer, saves } = await entered();
    keep(FIRST);
    await answer();
    keep(FIRST);
    expect(saves).toEqual(["p 1"]);
  });

  test("the same words are another vote: only what was stored may be said", async () => {
    const { keep, answer, keeper } = await entered();
    keep(FIRST);
    await answer();
    expect(keeper.isOnDisk(vote(1))).toBe(false);
  });

  test("the one before may be said until a newer one is there, and not after", async () => {
    const { keep, answer, onDisk } = await entered();
    keep(FIRST);
    await answer();
    keep(SECOND);
    expect(onDisk()).toEqual([1]);
    await answer();
    expect(onDisk()).toEqual([2]);
  });

  test("one at a time: what came meanwhile is stored when it is wanted again", async () => {
    const { keep, answer, saves, said, onDisk } = await entered();
    keep(FIRST);
    keep(SECOND);
    keep(THIRD);
    expect(saves).toEqual(["p 1"]);
    await answer();
    expect(onDisk()).toEqual([1]);
    keep(THIRD);
    await answer();
    expect([saves, said, onDisk()]).toEqual([["p 1", "p 3"], ["1", "3"], [3]]);
  });

  test("a vote of a pool that this host has left meanwhile is none of the new one", async () => {
    const { keep, answer, keeper, saves, said, onDisk } = await entered();
    keep(FIRST);
    const stored = await keeper.enter(OTHER_POOL);
    await answer();
    expect([said, onDisk(), stored && keeper.isOnDisk(stored)]).toEqual([[], [], true]);
    keep(SECOND);
    expect(saves).toEqual(["p 1", "q 2"]);
  });
});

describe("VoteKeeper: the disk fails", () => {
  const broken = "error Cannot store the vote of this host: no space left. It has none until that works.";
  const again = "info The vote of this host is stored again.";

  test("nothing may be said, and why is told; a second later it is tried again", async () => {
    const { keep, answer, pass, keeper, saves, said, onDisk, log } = await entered();
    keep(FIRST);
    await answer(new Error("no space left"));
    expect([said, onDisk(), keeper.trouble(), log]).toEqual([[], [], "no space left", [broken]]);
    await pass(999);
    keep(FIRST);
    expect(saves).toEqual(["p 1"]);
    await pass(1);
    keep(FIRST);
    expect([saves, keeper.trouble()]).toEqual([["p 1", "p 1"], "no space left"]);
    await answer();
    expect([said, onDisk(), keeper.trouble(), log]).toEqual([["1"], [1], null, [broken, again]]);
  });

  test("that is told once while it lasts, and why is what failed last", async () => {
    const { keep, answer, pass, keeper, log } = await entered();
    for (const why of [new Error("no space left"), "the disk is gone"]) {
      keep(FIRST);
      await answer(why);
      await pass(1_000);
    }
    expect([keeper.trouble(), log]).toEqual(["the disk is gone", [broken]]);
  });

  test("what was stored before may still be said", async () => {
    const { keep, answer, onDisk } = await entered();
    keep(FIRST);
    await answer();
    keep(SECOND);
    await answer(new Error("no space left"));
    expect(onDisk()).toEqual([1]);
  });

  test("a failure in a pool that was left is told all the same", async () => {
    const { keep, answer, keeper, log } = await entered();
    keep(FIRST);
    await keeper.enter(OTHER_POOL);
    await answer(new Error("no space left"));
    expect([keeper.trouble(), log]).toEqual(["no space left", [broken]]);
  });

  test("it is tried again with the newest vote, not with the one that failed", async () => {
    const { keep, answer, pass, saves, onDisk } = await entered();
    keep(FIRST);
    await answer(new Error("no space left"));
    await pass(1_000);
    keep(SECOND);
    await answer();
    expect([saves, onDisk()]).toEqual([["p 1", "p 2"], [2]]);
  });
});

describe("VoteKeeper: the disk does not answer", () => {
  const slow =
    "error Cannot store the vote of this host: the disk does not answer. It has none until that works.";
  const again = "info The vote of this host is stored again.";

  test("that is no trouble for 3 s, and then told once; when it answers it is over", async () => {
    const { keep, answer, pass, keeper, log, said, onDisk } = await entered();
    keep(FIRST);
    await pass(2_999);
    expect([keeper.trouble(), log]).toEqual([null, []]);
    await pass(1);
    expect([keeper.trouble(), keeper.trouble(), log]).toEqual([
      "the disk does not answer",
      "the disk does not answer",
      [slow],
    ]);
    await answer();
    expect([keeper.trouble(), said, onDisk(), log]).toEqual([null, ["1"], [1], [slow, again]]);
  });

  test("it is asked for nothing else until then", async () => {
    const { keep, pass, saves, onDisk } = await entered();
    keep(FIRST);
    await pass(60_000);
    keep(SECOND);
    expect([saves, onDisk()]).toEqual([["p 1"], []]);
  });

  test("in another pool, too: it writes one thing after the other", async () => {
    const { keep, answer, keeper, saves } = await entered();
    keep(FIRST);
    await keeper.enter(OTHER_POOL);
    keep(SECOND);
    expect(saves).toEqual(["p 1"]);
    await answer();
    keep(SECOND);
    expect(saves).toEqual(["p 1", "q 2"]);
  });
});
