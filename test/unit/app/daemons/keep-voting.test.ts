import { describe, expect, test } from "bun:test";
import { NO_DISARM } from "../../../../src/core/group/disarm.ts";
import type { Datagram, Heartbeat } from "../../../../src/core/group/message.ts";
import type { Roll } from "../../../../src/core/group/roll.ts";
import type { RollMessage } from "../../../../src/core/group/roll-message.ts";
import type { Stored } from "../../../../src/core/group/stored.ts";
import type { Term } from "../../../../src/core/group/term.ts";
import type { VoteWords } from "../../../../src/core/group/vote-words.ts";
import type { Hearing } from "../../../../src/core/model/hearing.ts";
import { hostUuid, poolUuid } from "../../../../src/core/model/ids.ts";
import type { VoteStore } from "../../../../src/ports/vote-store.ts";
import { REPORT, stage } from "./hearing-stage.ts";

describe("the vote of a monitor", () => {
  const [A, B, C] = [hostUuid("a"), hostUuid("b"), hostUuid("c")];

  /** Of a host that follows b, or has the term that is given, on a roll of these hosts whose XAPI master is b. */
  const storedAs = (term: Term, letters = "ab"): Stored => ({
    term,
    roll: {
      id: { term, version: 1 },
      hosts: [...letters].map((letter) => ({
        ...{
          host: hostUuid(letter),
          bootId: letter === "a" ? "boot" : "other",
          maintenance: false,
          leaseMs: null,
        },
      })),
      master: B,
      office: { term, version: 1 },
      ha: true,
      tie: null,
      disarm: NO_DISARM,
    },
    before: null,
  });
  const FOLLOWS = storedAs({ count: 1, host: B });
  const LEADS = storedAs({ count: 5, host: A });

  /** A disk with that on it, whose answers are given by hand where `isSlow`. */
  function diskWith(stored: Stored | Readonly<Record<string, Stored>>) {
    const ofPool = (pool: string) => ("term" in stored ? stored : stored[pool]) as Stored | undefined;
    const disk = { isSlow: false, saves: [] as Stored[], answers: [] as (() => void)[] };
    const votes: VoteStore = {
      load: async (pool) => {
        const found = ofPool(pool);
        return found === undefined ? { kind: "none" } : { kind: "stored", stored: found };
      },
      save: async (_pool, kept) => {
        disk.saves.push(kept);
        if (disk.isSlow) await new Promise<void>((resolve) => disk.answers.push(resolve));
      },
    };
    return { disk, votes };
  }

  /** What b sends, in answer to the last heartbeat of this host. */
  function fromB({ sent, world }: ReturnType<typeof stage>, ms: number, over: Partial<Heartbeat> = {}): void {
    const last = sent.at(-1)?.message;
    if (last === undefined) throw new Error("nothing was sent");
    const said = { own: { ...last.own, role: "master", master: B } as const, heard: [] };
    const head = { from: B, to: A, number: { bootId: "other", ms }, answers: last.number };
    world.give({ ...last, ...head, ...said, ...over }, "10.0.0.2");
  }

  const voteOf = (term: Term, lead: VoteWords["lead"]["kind"], roll = FOLLOWS.roll?.id ?? null) =>
    ({ term, lead: { kind: lead } as VoteWords["lead"], roll, settled: true, leaseMs: null }) as const;
  const show = ({ message: { vote, number } }: Datagram) =>
    `${number.ms / 1_000} ${vote.lead.kind} ${vote.term.count}${vote.term.host ?? "-"}`;

  test("is what it has stored", async () => {
    const { clock, sent } = stage({ votes: diskWith(FOLLOWS).votes });
    await clock.run(1_500);
    expect(sent.map(show)).toEqual(["0 none 1b", "1 none 1b"]);
  });

  test("nothing of it is said before it is on the disk, and it is said as soon as it is", async () => {
    const { disk, votes } = diskWith(FOLLOWS);
    const staged = stage({ votes });
    await staged.clock.run(9_500);
    disk.isSlow = true;
    const before = staged.sent.length;
    // b is followed already, so it is voted for at once.
    fromB(staged, 500, { vote: voteOf({ count: 2, host: B }, "stands") });
    await staged.clock.run(1_200);
    expect(disk.saves.map(({ term }) => term)).toEqual([{ count: 2, host: B }]);
    expect(staged.sent.slice(before).map(show)).toEqual(["9.5 unsaid 0-", "10.5 unsaid 0-"]);
    for (const answer of disk.answers) answer();
    await staged.clock.run(500);
    expect(staged.sent.slice(before + 2).map(show)).toEqual(["10.7 none 2b"]);
  });

  test("a disk that hangs: a heartbeat a second goes on without it, and that is told and published", async () => {
    const { disk, votes } = diskWith(FOLLOWS);
    const staged = stage({ votes });
    await staged.clock.run(9_900);
    disk.isSlow = true;
    const before = staged.sent.length;
    fromB(staged, 500, { vote: voteOf({ count: 2, host: B }, "stands") });
    await staged.clock.run(20_000);
    const since = staged.sent.slice(before);
    expect(new Set(since.map(({ message }) => message.vote.lead.kind))).toEqual(new Set(["unsaid"]));
    expect(since).toHaveLength(21);
    expect(staged.published.at(-1)?.group).toMatchObject({
      ...{ trouble: "the disk does not answer", mandateUntilMs: null },
    });
    expect(staged.log).toEqual([
      "12.9 error Cannot store the vote of this host: the disk does not answer. It has none until that works.",
    ]);
  });

  test("a disk that fails is tried again once a second, and the heartbeats go on without it", async () => {
    const { votes } = diskWith(FOLLOWS);
    let tries = 0;
    const save = async () => {
      tries += 1;
      throw new Error("no space left");
    };
    const staged = stage({ votes: { ...votes, save } });
    await staged.clock.run(9_900);
    fromB(staged, 500, { vote: voteOf({ count: 2, host: B }, "stands") });
    await staged.clock.run(10_000);
    expect(tries).toBeGreaterThan(8);
    expect(tries).toBeLessThan(13);
    expect(staged.sent.at(-1)?.message.vote.lead.kind).toBe("unsaid");
  });

  describe("a message that changes it", () => {
    const roll = (version: number): RollMessage => {
      const id = { term: { count: 1, host: B }, version };
      return {
        ...{ from: B, to: A, number: { bootId: "other", ms: 600 }, answers: null },
        vote: { ...voteOf({ count: 1, host: B }, "leads"), roll: id },
        roll: { ...(FOLLOWS.roll as Roll), id },
        before: null,
      };
    };

    test("is answered at once: another term", async () => {
      const staged = stage({ votes: diskWith(FOLLOWS).votes });
      await staged.clock.run(9_300);
      fromB(staged, 500, { vote: voteOf({ count: 2, host: B }, "stands") });
      await staged.clock.run(100);
      expect(staged.sent.slice(10).map(show)).toEqual(["9.3 none 2b"]);
    });

    test("a roll", async () => {
      const staged = stage({ votes: diskWith(FOLLOWS).votes });
      await staged.clock.run(9_300);
      const answers = staged.sent.at(-1)?.message.number ?? null;
      staged.world.giveRoll({ ...roll(2), answers });
      await staged.clock.run(100);
      expect(staged.sent.slice(10).map(({ message }) => message.vote.roll?.version)).toEqual([2]);
    });

    test("twenty times a second at most, and each number is higher than the one before", async () => {
      const staged = stage({ votes: diskWith(FOLLOWS).votes });
      await staged.clock.run(9_300);
      for (let at = 0; at < 200; at++) {
        fromB(staged, 500 + at, { vote: voteOf({ count: 2 + at, host: B }, "stands") });
        await staged.clock.run(5);
      }
      const numbers = staged.sent.slice(10).map(({ message }) => message.number.ms);
      expect(numbers.length).toBeGreaterThan(15);
      expect(numbers.length).toBeLessThan(22);
      expect(numbers.every((ms, at) => at === 0 || ms - (numbers[at - 1] ?? 0) >= 50)).toBe(true);
    });

    test("one that changes nothing waits for the next second", async () => {
      const staged = stage({ votes: diskWith(FOLLOWS).votes });
      await staged.clock.run(9_300);
      fromB(staged, 500, { vote: voteOf({ count: 1, host: B }, "leads") });
      await staged.clock.run(600);
      expect(staged.sent).toHaveLength(10);
    });
  });

  test("hosts of which the iterations say that they are off do not count: then it leads alone", async () => {
    const three = storedAs({ count: 1, host: B }, "abc");
    const peers = [B, C].map((host) => ({ host, addresses: [`10.0.0.${host}`] }));
    const staged = stage({ votes: diskWith(three).votes, group: { ...REPORT, peers } });
    staged.world.off = ["b"];
    await staged.clock.run(20_000);
    expect(staged.published.at(-1)?.group?.mandateUntilMs).toBeNull();
    staged.world.off = ["b", "c"];
    await staged.clock.run(4_000);
    expect(staged.published.at(-1)?.group).toMatchObject({
      ...{ lead: "leads", roll: { hosts: [A], master: A, settled: true } },
    });
  });

  test("what cannot be understood as a list of hosts that are off is none", async () => {
    const staged = stage({ votes: diskWith(FOLLOWS).votes });
    staged.world.off = "b";
    await staged.clock.run(20_000);
    expect(staged.published.at(-1)?.group).toMatchObject({ lead: "none", roll: { hosts: [A, B] } });
  });

  describe("a hand-over to the XAPI master", () => {
    /** b answers each heartbeat of a, which leads; until a leaves its term. */
    async function play(staged: ReturnType<typeof stage>, seconds: number): Promise<void> {
      for (let at = 1; at < 20 * seconds; at++) {
        await staged.clock.run(50);
        const last = staged.sent.at(-1)?.message.vote.term;
        if (last?.host === A)
          fromB(staged, staged.clock.nowMs(), { vote: voteOf(LEADS.term, "hears", LEADS.roll?.id) });
      }
    }
    const mandates = ({ published }: ReturnType<typeof stage>) =>
      published.flatMap(({ group, atMs }) => (group?.mandateUntilMs == null ? [] : [atMs]));
    const left = ({ sent }: ReturnType<typeof stage>) =>
      sent.find(({ message }) => message.vote.term.host === null)?.message.number.ms ?? null;

    test("publishes no mandate for a second before it steps down, and none after", async () => {
      const staged = stage({ votes: diskWith(LEADS).votes });
      await play(staged, 6);
      const lastStill = staged.published.filter(({ group }) => group?.lead === "leads");
      const leftMs = left(staged) ?? 0;
      expect(leftMs - (lastStill[0]?.atMs ?? leftMs)).toBeGreaterThanOrEqual(1_000);
      expect(leftMs).toBeLessThan(4_000);
      expect(mandates(staged).filter((atMs) => atMs > leftMs - 1_000)).toEqual([]);
    });

    const fences: readonly [string, unknown, number | null][] = [
      ["a fence is told that has no end yet: it waits", 60_000, null],
      ["that ends in the fifth second: not before", 5_000, 5_000],
      ["whose end is long past, because its iteration has died: it does not wait", 0, 1_000],
      ["whose end cannot be understood: it does not wait", "soon", 1_000],
    ];
    for (const [what, fencingUntilMs, notBeforeMs] of fences)
      test(`while ${what}`, async () => {
        const staged = stage({ votes: diskWith(LEADS).votes });
        staged.world.fencingUntilMs = fencingUntilMs;
        await play(staged, 10);
        const leftMs = left(staged);
        if (notBeforeMs === null) return expect(leftMs).toBeNull();
        expect(leftMs).toBeGreaterThanOrEqual(notBeforeMs + 1_000);
        expect(leftMs).toBeLessThan(notBeforeMs + 4_000);
      });

    test("waits as long as its iterations cannot be told", async () => {
      const staged = stage({ votes: diskWith(LEADS).votes });
      staged.world.refuses = "the disk is full";
      await play(staged, 10);
      expect(left(staged)).toBeNull();
      staged.world.refuses = null;
      const toldMs = staged.clock.nowMs();
      await play(staged, 5);
      expect((left(staged) ?? 0) - toldMs).toBeGreaterThanOrEqual(1_000);
    });
  });

  test("the first roll: no mandate is published before it is on the disk", async () => {
    const { disk, votes } = diskWith({});
    disk.isSlow = true;
    const alone = { ...REPORT, peers: [] };
    const staged = stage({ votes, group: alone, isMaster: true });
    await staged.clock.run(12_000);
    expect(disk.saves.map(({ roll }) => roll?.hosts.map(({ host }) => host))).toEqual([[A]]);
    expect(staged.published.filter(({ group }) => group?.mandateUntilMs != null)).toEqual([]);
    disk.isSlow = false;
    for (const answer of disk.answers) answer();
    await staged.clock.run(1_500);
    expect(staged.published.at(-1)?.group).toMatchObject({ lead: "leads", roll: { hosts: [A] } });
    expect(staged.published.at(-1)?.group?.mandateUntilMs).not.toBeNull();
  });

  describe("entering a pool", () => {
    test("another one: what was stored there counts, and the promise of a monitor that starts", async () => {
      const { votes } = diskWith({ p: FOLLOWS, q: storedAs({ count: 7, host: A }) });
      const { clock, sent, world } = stage({ votes });
      await clock.run(9_500);
      world.group = { ...REPORT, pool: poolUuid("q") };
      await clock.run(5_000);
      expect(sent.slice(-5).map(show)).toEqual([
        ...["10 stands 7a", "11 stands 7a", "12 stands 7a", "13 stands 7a", "14.05 none 8-"],
      ]);
    });

    test("one in which nothing was stored: it has no roll", async () => {
      const { clock, sent, world } = stage({ votes: diskWith({ p: FOLLOWS }).votes });
      await clock.run(9_500);
      world.group = { ...REPORT, pool: poolUuid("q") };
      await clock.run(2_000);
      expect(sent.at(-1)?.message.vote).toMatchObject({ term: { count: 0, host: null }, roll: null });
    });

    test("it has forgotten who belongs to it: as soon as one of them greets, its vote counts", async () => {
      const noList = { ...REPORT, pool: null, peers: [], enabled: null, haWished: null };
      const { clock, sent, published, world } = stage({
        votes: diskWith({ p: FOLLOWS }).votes,
        group: noList,
      });
      await clock.run(5_500);
      expect(sent).toEqual([]);
      world.greet({ from: B, pool: poolUuid("p"), address: "10.0.0.2" });
      await clock.run(1_500);
      expect(sent.at(-1)?.message.vote).toMatchObject({ term: FOLLOWS.term, roll: FOLLOWS.roll?.id });
      // Its own iterations know nothing but whom the group has named, and may do nothing for it.
      const { group } = published.at(-1) as Hearing;
      expect(group.roll).toMatchObject({ master: FOLLOWS.roll?.master, settled: true });
      expect(group).toMatchObject({ lead: "none", mandateUntilMs: null });
      // The list comes later, and changes nothing of that.
      world.group = REPORT;
      await clock.run(10_000);
      expect(sent.at(-1)?.message.vote.roll).toEqual(FOLLOWS.roll?.id ?? null);
    });
  });
});
