import { describe, expect, test } from "bun:test";
import type { Datagram, RunsAnswer, RunsQuestion } from "../../../../src/core/group/message.ts";
import type { GroupReport } from "../../../../src/core/group/own-state.ts";
import { hostUuid, poolUuid, vmUuid } from "../../../../src/core/model/ids.ts";
import { FINE, REPORT, stage } from "./hearing-stage.ts";

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
      // A memory that was lost takes no list away; but who has lost it had better not lead.
      world.group = NO_LIST;
      await clock.run(10_000);
      expect(sent.at(-1)).toMatchObject({ address: "10.0.0.2", message: { own: { enabled: null } } });
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

    test("that its xapi is held, if it was so before the list was read, too", async () => {
      const { clock, world } = stage();
      await clock.run(1_500);
      const said: (string | undefined)[] = [];
      const ask = async () => {
        world.ask(question(), ({ own }) => said.push(own.xapi));
        await clock.run(100);
      };
      world.domains = async () => {
        world.isHeld = true;
        return [];
      };
      await ask();
      await ask();
      world.domains = async () => {
        world.isHeld = false;
        return [];
      };
      await ask();
      expect(said).toEqual(["silent", "held", "serving"]);
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

  describe("what others wait for is said at once", () => {
    const times = (sent: readonly Datagram[], sinceMs: number) =>
      sent.map(({ message }) => message.number.ms).filter((ms) => ms > sinceMs);

    /** Its xapi answers for the first time before that. */
    const late = (news: readonly number[]) => news.filter((ms) => ms > 5_000);

    test("another role: with the tick that sees it, as news, once", async () => {
      const { clock, sent, news, world } = stage();
      await clock.run(5_500);
      world.role = { kind: "master" };
      await clock.run(3_000);
      expect(times(sent, 5_000)).toEqual([6_000, 7_000, 8_000]);
      expect(late(news)).toEqual([6_000]);
    });

    test("another state of xapi: when it has answered", async () => {
      let answer: "answers" | "silent" = "answers";
      const { clock, sent, news } = stage({ xapi: async () => answer });
      await clock.run(9_500);
      answer = "silent";
      await clock.run(2_000);
      expect(times(sent, 9_000)).toEqual([10_000, 10_100, 11_000]);
      expect(late(news)).toEqual([10_100]);
    });

    test("what an iteration has found: when it has ended", async () => {
      const { clock, sent, news, world } = stage({ isMaster: true });
      await clock.run(5_500);
      world.group = { ...REPORT, office: "7.b.2" };
      await clock.run(100);
      world.iterationEnds();
      await clock.run(300);
      world.agreed = [{ host: "b", atMs: 5, bootId: "other" }];
      world.iterationEnds();
      world.iterationEnds();
      await clock.run(100);
      // The second is where it was.
      expect(times(sent, 5_000)).toEqual([5_600, 5_900, 6_000]);
      expect(late(news)).toEqual([5_600, 5_900]);
      expect(sent.at(-1)?.message.own.office).toBe("7.b.2");
    });

    test("nothing new: with the next second", async () => {
      const { clock, sent, news, world } = stage();
      await clock.run(5_500);
      world.group = { ...REPORT, enabled: false };
      world.iterationEnds();
      await clock.run(3_000);
      expect(times(sent, 5_000)).toEqual([6_000, 7_000, 8_000]);
      expect(late(news)).toEqual([]);
    });

    test("a host that is heard is another one: that is published at once, ten times a second at most", async () => {
      const { clock, sent, published, world } = stage();
      await clock.run(5_500);
      const give = (ms: number, xapi: "serving" | "silent") => {
        const { message } = sent.at(-1) as Datagram;
        const number = { bootId: "other", ms };
        const b = { from: hostUuid("b"), to: hostUuid("a"), number, answers: message.number };
        world.give({ ...message, ...b, own: { ...message.own, xapi } }, "10.0.0.2");
      };
      give(100, "serving");
      await clock.run(10);
      expect(published.at(-1)?.peers[0]?.own).toBeNull();
      for (const [index, xapi] of (["silent", "serving", "silent", "serving"] as const).entries()) {
        give(200 + index, xapi);
        await clock.run(30);
      }
      expect(times(sent, 5_000)).toEqual([5_510, 5_610]);
      expect(published.at(-1)?.peers[0]?.own).toMatchObject({ xapi: "serving" });
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
