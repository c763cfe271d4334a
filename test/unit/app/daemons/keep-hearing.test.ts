import { describe, expect, test } from "bun:test";
import { keepHearing } from "../../../../src/app/daemons/keep-hearing.ts";
import type { Greeting } from "../../../../src/core/group/greeting.ts";
import type { Datagram, Heartbeat, RunsAnswer, RunsQuestion } from "../../../../src/core/group/message.ts";
import type { GroupReport } from "../../../../src/core/group/own-state.ts";
import type { Transport } from "../../../../src/core/group/publish.ts";
import type { Roll } from "../../../../src/core/group/roll.ts";
import type { RollMessage } from "../../../../src/core/group/roll-message.ts";
import type { Stored } from "../../../../src/core/group/stored.ts";
import type { Term } from "../../../../src/core/group/term.ts";
import type { VoteWords } from "../../../../src/core/group/vote-words.ts";
import type { Hearing } from "../../../../src/core/model/hearing.ts";
import { hostUuid, poolUuid, type VmUuid, vmUuid } from "../../../../src/core/model/ids.ts";
import type { VoteStore } from "../../../../src/ports/vote-store.ts";
import { portClock, VirtualClock } from "../../../../src/simulation/clock.ts";
import { diskVotes, newSimDisk } from "../../../../src/simulation/ports/disk.ts";

const REPORT: GroupReport = {
  self: hostUuid("a"),
  pool: poolUuid("p"),
  port: 694,
  peers: [{ host: hostUuid("b"), addresses: ["10.0.0.2"] }],
  successor: null,
  maintenance: [],
  without: [],
  enabled: true,
  haWished: true,
  changes: 4,
  fetchAfterMs: 0,
};

const FINE: Transport = {
  refused: { malformed: 0, otherPool: 0, wrongTag: 0, unknownHost: 0 },
  trouble: null,
};

/** The loop of host a, and what it does; host b is the test. */
function stage(
  over: {
    group?: unknown;
    votes?: VoteStore;
    xapi?: () => Promise<"answers" | "lost" | "silent">;
    isMaster?: boolean;
  } = {},
) {
  const clock = new VirtualClock();
  const sent: Datagram[] = [];
  const rolls: RollMessage[] = [];
  const published: Hearing[] = [];
  const log: string[] = [];
  const woke: number[] = [];
  const stop = new AbortController();
  const world = {
    group: "group" in over ? over.group : REPORT,
    transport: FINE,
    refuses: null as string | null,
    closed: false,
    /** What the iterations have told: hosts that are off. */
    off: [] as unknown,
    give: (_message: Heartbeat, _address: string): void => undefined,
    giveRoll: (_message: RollMessage): void => undefined,
    greet: (_greeting: Greeting): void => undefined,
    ask: (_question: RunsQuestion, _answer: (said: RunsAnswer) => void): void => undefined,
    /** What runs here, after so long. */
    domains: async (): Promise<readonly VmUuid[] | "unknown"> => [],
  };
  const ended = keepHearing(
    {
      clock: portClock(clock, () => 0),
      network: {
        setUp: () => undefined,
        onMessage: (handler) => {
          world.give = handler;
        },
        onRoll: (handler) => {
          world.giveRoll = handler;
        },
        onGreeting: (handler) => {
          world.greet = handler;
        },
        onQuestion: (handler) => {
          world.ask = handler;
        },
        tend: () => undefined,
        send: (datagrams) => void sent.push(...datagrams),
        sendRolls: (messages) => void rolls.push(...messages),
        tellAtOnce: () => undefined,
        state: () => world.transport,
        close: () => {
          world.closed = true;
        },
      },
      board: {
        publish: async (hearing) => {
          if (world.refuses !== null) throw new Error(world.refuses);
          published.push(hearing);
        },
      },
      self: {
        bootId: async () => "boot",
        role: async () =>
          over.isMaster === true ? { kind: "master" } : { kind: "slave", masterAddress: "10.0.0.2" },
        isStartComplete: () => true,
        knownVms: () => world.domains(),
        askXapi: over.xapi ?? (async () => "answers"),
      },
      votes:
        over.votes ??
        diskVotes(
          newSimDisk(),
          portClock(clock, () => 0),
        ),
      store: {
        load: async (name) => ({
          kind: "found",
          value: name === "off-hosts" ? world.off : { group: world.group },
        }),
      },
      wake: () => void woke.push(clock.nowMs()),
      logger: {
        log: (severity, _from, text) => void log.push(`${clock.nowMs() / 1_000} ${severity} ${text}`),
      },
    },
    stop.signal,
  );
  return { clock, sent, rolls, published, log, woke, stop, ended, world };
}

describe("keepHearing", () => {
  test("once a second one heartbeat to every address, with what this host says of itself", async () => {
    const { clock, sent, published } = stage();
    await clock.run(9_500);
    expect(sent).toHaveLength(10);
    expect(sent.map(({ message }) => message.number.ms)).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((s) => s * 1_000),
    );
    expect(sent[5]).toMatchObject({ address: "10.0.0.2", message: { from: "a", to: "b" } });
    expect(sent[5]?.message.own).toMatchObject({
      role: "slave",
      master: "b",
      xapi: "serving",
      enabled: true,
    });
    expect(published).toHaveLength(10);
  });

  test("what comes in is answered with the next one, and published", async () => {
    const { clock, sent, published, world } = stage();
    await clock.run(1_500);
    const [first] = sent;
    if (first === undefined) throw new Error("nothing was sent");
    const { message } = first;
    const number = { bootId: "other", ms: 77 };
    world.give(
      { ...message, from: hostUuid("b"), to: hostUuid("a"), number, answers: message.number },
      "10.0.0.2",
    );
    await clock.run(1_000);
    expect(sent.at(-1)?.message.answers).toEqual(number);
    expect(published.at(-1)?.peers[0]).toMatchObject({ host: "b", heard: "direct" });
  });

  test("a host that falls silent wakes the monitor, once; one that was never heard does not", async () => {
    const { clock, sent, woke, world } = stage();
    await clock.run(20_500);
    expect(woke).toEqual([]);
    const last = sent.at(-1);
    if (last === undefined) throw new Error("nothing was sent");
    const { message } = last;
    const number = { bootId: "other", ms: 77 };
    world.give(
      { ...message, from: hostUuid("b"), to: hostUuid("a"), number, answers: message.number },
      "10.0.0.2",
    );
    await clock.run(60_000);
    expect(woke).toEqual([25_000]);
  });

  describe("a copy of the database that is older than the master's", () => {
    /** The master says each second that its database has counted so many changes; when the monitor was woken, in seconds. */
    async function wakes(counts: (second: number) => number | null, report: GroupReport = REPORT) {
      const { clock, sent, woke, world } = stage({ group: report });
      for (let second = 0; second < 40; second++) {
        await clock.run(1_000);
        const { message } = sent.at(-1) ?? {};
        if (message === undefined) throw new Error("nothing was sent");
        const own = { ...message.own, role: "master", changes: counts(second) } as const;
        const number = { bootId: "other", ms: second };
        const answers = message.number;
        world.give({ ...message, from: hostUuid("b"), to: hostUuid("a"), number, answers, own }, "10.0.0.2");
      }
      return woke.map((atMs) => atMs / 1_000);
    }

    test("wakes the monitor at once, and not again for the same count", async () =>
      expect(await wakes((second) => (second < 9 ? 4 : 5))).toEqual([11]));

    test("every further change does so too, ten seconds later at the earliest", async () =>
      expect(await wakes((second) => second)).toEqual([7, 17, 27, 37]));

    test("a host that is not the first successor waits before the first one", async () =>
      expect(await wakes((second) => second, { ...REPORT, fetchAfterMs: 2_250 })).toEqual([10, 20, 30, 40]));

    test("an older or unknown count of the master wakes nobody", async () => {
      expect(await wakes(() => 3)).toEqual([]);
      expect(await wakes(() => null)).toEqual([]);
    });

    test("nor does any while the own copy is not known, or HA is off: nothing would be fetched", async () => {
      expect(await wakes(() => 9, { ...REPORT, changes: null })).toEqual([]);
      expect(await wakes(() => 9, { ...REPORT, haWished: false })).toEqual([]);
    });
  });

  describe("a host that is not in the list", () => {
    const greeting = { from: hostUuid("c"), pool: poolUuid("p"), address: "10.0.0.3" };
    const NO_LIST: GroupReport = { ...REPORT, pool: null, peers: [], enabled: null, haWished: null };

    test("wakes the monitor, so that an iteration reads the pool again; nobody writes to it before", async () => {
      const { clock, sent, woke, world } = stage();
      await clock.run(5_500);
      world.greet(greeting);
      await clock.run(2_000);
      expect(woke).toEqual([5_500]);
      expect(sent.filter(({ address }) => address === "10.0.0.3")).toEqual([]);
    });

    test("is answered by a host that has no list, which publishes nothing and is then heard", async () => {
      const { clock, sent, published, world } = stage({ group: NO_LIST });
      await clock.run(5_500);
      expect(sent).toEqual([]);
      world.greet({ ...greeting, from: hostUuid("b"), address: "10.0.0.2" });
      await clock.run(1_000);
      expect(sent).toHaveLength(1);
      expect(sent[0]).toMatchObject({ address: "10.0.0.2", message: { from: "a", to: "b" } });
      expect(sent[0]?.message.own).toMatchObject({ role: "slave", master: "b", enabled: null });
      expect(published).toEqual([]);
    });

    test("is answered on while reports without a list come, and no more when there is one", async () => {
      const { clock, sent, published, world } = stage({ group: NO_LIST });
      await clock.run(5_500);
      world.greet(greeting);
      await clock.run(10_000);
      world.group = { ...NO_LIST, port: 695 };
      await clock.run(10_000);
      expect(sent.at(-1)?.address).toBe("10.0.0.3");
      world.group = REPORT;
      await clock.run(10_000);
      expect(sent.at(-1)?.address).toBe("10.0.0.2");
      expect(published.at(-1)?.peers.map(({ host }) => host)).toEqual([hostUuid("b")]);
      // A memory that was lost takes no list away.
      world.group = NO_LIST;
      await clock.run(10_000);
      expect(sent.at(-1)).toMatchObject({ address: "10.0.0.2", message: { own: { enabled: true } } });
    });
  });

  test("no iteration has told of a pool yet: nothing is sent; as soon as one has, it begins", async () => {
    const { clock, sent, world } = stage({ group: null });
    await clock.run(12_000);
    expect(sent).toEqual([]);
    world.group = REPORT;
    await clock.run(6_000);
    expect(sent.length).toBeGreaterThan(0);
    // A pass that could learn nothing changes nothing.
    world.group = { ...REPORT, peers: "none" };
    const before = sent.length;
    await clock.run(10_000);
    expect(sent.length).toBe(before + 10);
  });

  test("a xapi that hangs delays no heartbeat: after ten seconds it is silent", async () => {
    const { clock, sent } = stage({ xapi: () => new Promise(() => undefined) });
    await clock.run(20_500);
    expect(sent).toHaveLength(21);
    expect(sent.at(-1)?.message.own.xapi).toBe("silent");
  });

  test("a trouble that lasts is told once, and once that it is over", async () => {
    const { clock, log, world } = stage();
    await clock.run(2_500);
    world.transport = { ...FINE, trouble: "the port is taken" };
    await clock.run(10_000);
    world.transport = FINE;
    await clock.run(10_000);
    expect(log).toEqual([
      "6 error Cannot exchange heartbeats with the other hosts: the port is taken.",
      "13 info Heartbeats are exchanged again.",
    ]);
  });

  test("a socket that is just being opened is not worth a line", async () => {
    const { clock, log, world } = stage();
    world.transport = { ...FINE, trouble: "it was not opened yet" };
    await clock.run(2_500);
    world.transport = FINE;
    await clock.run(10_000);
    expect(log).toEqual([]);
  });

  test("refused datagrams are a line a minute at most", async () => {
    const { clock, log, world } = stage();
    for (let second = 0; second < 150; second++) {
      world.transport = { ...FINE, refused: { ...FINE.refused, wrongTag: second * 100 } };
      await clock.run(1_000);
    }
    expect(log.map((line) => line.slice(0, 50))).toHaveLength(3);
    expect(log[0]).toContain("100 datagrams on the port of the heartbeats were refused");
  });

  test("what cannot be published is told once, and the heartbeats go on", async () => {
    const { clock, log, sent, world } = stage();
    world.refuses = "the disk is full";
    await clock.run(5_500);
    expect(log).toEqual(["0 error Cannot publish who is heard: the disk is full."]);
    expect(sent).toHaveLength(6);
  });

  describe("what runs here is answered", () => {
    const question = (over: Partial<RunsQuestion> = {}): RunsQuestion => ({
      ...{ from: hostUuid("b"), to: hostUuid("a"), number: { bootId: "other", ms: 77 }, id: 5 },
      vms: [vmUuid("web"), vmUuid("db")],
      ...over,
    });

    test("of the asked VMs those that are here, and what this host says of itself", async () => {
      const { clock, world } = stage();
      await clock.run(1_500);
      world.domains = async () => [vmUuid("db"), vmUuid("other")];
      const said: RunsAnswer[] = [];
      world.ask(question(), (answer) => said.push(answer));
      await clock.run(100);
      expect(said).toMatchObject([
        { from: "a", to: "b", number: { bootId: "boot", ms: 1_500 }, id: 5, runs: ["db"] },
      ]);
      expect(said[0]?.own).toMatchObject({ role: "slave", master: "b", xapi: "serving" });
    });

    test("a list that does not come within two seconds is not known", async () => {
      const { clock, world } = stage();
      await clock.run(1_500);
      world.domains = () => new Promise(() => undefined);
      const said: RunsAnswer["runs"][] = [];
      world.ask(question(), ({ runs }) => said.push(runs));
      await clock.run(2_500);
      expect(said).toEqual(["unknown"]);
    });

    test("a question that was recorded in this boot and is sent again is not answered", async () => {
      const { clock, sent, world } = stage();
      await clock.run(1_500);
      const { message } = sent[0] as Datagram;
      const number = { bootId: "other", ms: 60_000 };
      const b = { from: hostUuid("b"), to: hostUuid("a"), number, answers: message.number };
      world.give({ ...message, ...b }, "10.0.0.2");
      const said: number[] = [];
      for (const [id, ms] of [55_999, 56_000, 60_100].entries())
        world.ask(question({ id, number: { bootId: "other", ms } }), (answer) => said.push(answer.id));
      world.ask(question({ id: 9, number: { bootId: "a boot before", ms: 90_000 } }), ({ id }) =>
        said.push(id),
      );
      await clock.run(100);
      expect(said).toEqual([1, 2]);
    });
  });

  describe("its vote", () => {
    const [A, B, C] = [hostUuid("a"), hostUuid("b"), hostUuid("c")];

    /** Of a host that follows b, or has the term that is given, on a roll of these hosts whose XAPI master is b. */
    const storedAs = (term: Term, letters = "ab"): Stored => ({
      term,
      roll: {
        id: { term, version: 1 },
        hosts: [...letters].map((letter) => ({
          ...{ host: hostUuid(letter), bootId: letter === "a" ? "boot" : "other", maintenance: false },
        })),
        master: B,
        ha: true,
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
    function fromB(
      { sent, world }: ReturnType<typeof stage>,
      ms: number,
      over: Partial<Heartbeat> = {},
    ): void {
      const last = sent.at(-1)?.message;
      if (last === undefined) throw new Error("nothing was sent");
      const said = { own: { ...last.own, role: "master", master: B } as const, heard: [] };
      const head = { from: B, to: A, number: { bootId: "other", ms }, answers: last.number };
      world.give({ ...last, ...head, ...said, ...over }, "10.0.0.2");
    }

    const voteOf = (term: Term, lead: VoteWords["lead"]["kind"], roll = FOLLOWS.roll?.id ?? null) =>
      ({ term, lead: { kind: lead } as VoteWords["lead"], roll, settled: true }) as const;
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

      test("what answers its heartbeats without a vote, of before that, is no vote for it", async () => {
        const noList = { ...REPORT, pool: null, peers: [], enabled: null, haWished: null };
        const staged = stage({ votes: diskWith(LEADS).votes, group: noList });
        await staged.clock.run(5_500);
        staged.world.greet({ from: B, pool: poolUuid("p"), address: "10.0.0.2" });
        staged.world.group = REPORT;
        // It sends once more before it reads the report.
        await staged.clock.run(4_000);
        const muted = staged.sent.at(-1)?.message;
        expect(muted?.vote.lead.kind).toBe("unsaid");
        await staged.clock.run(1_400);
        const later = staged.sent.length;
        fromB(staged, 500, {
          ...{ vote: voteOf(LEADS.term, "hears", LEADS.roll?.id), answers: muted?.number ?? null },
        });
        await staged.clock.run(1_000);
        expect(staged.sent.slice(later).map(({ message }) => message.vote.lead.kind)).toEqual(["stands"]);
      });
    });
  });

  test("it ends with its signal, and closes the network", async () => {
    const { clock, ended, stop, world } = stage();
    await clock.run(1_500);
    stop.abort();
    await clock.run(1_000);
    await ended;
    expect(world.closed).toBe(true);
  });
});
