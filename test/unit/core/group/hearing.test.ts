import { describe, expect, test } from "bun:test";
import { fallenSilent, newHearing, stepHearing } from "../../../../src/core/group/hearing.ts";
import { NO_VOTE } from "../../../../src/core/group/vote-words.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import { Group, OWN } from "./group.ts";

const ALL_DIRECT = "ab:direct ac:direct ba:direct bc:direct ca:direct cb:direct";

describe("who hears whom", () => {
  test("three hosts that reach each other hear each other after two seconds, and not before an answer", () => {
    const group = new Group("abc");
    group.run(1);
    // b has heard of a, and has answered; nothing of its own was answered yet.
    expect(group.peer("b", "a").heard).toBe("silent");
    group.run(2);
    expect(group.matrix()).toBe(ALL_DIRECT);
  });

  test("a host that lost its power is silent within five seconds, for everybody", () => {
    const group = new Group("abc");
    group.run(5);
    group.powerOff("c");
    group.run(3);
    expect(group.peer("a", "c").heard).toBe("direct");
    group.run(3);
    expect(group.matrix()).toBe("ab:direct ac:silent ba:direct bc:silent");
  });

  test("one broken link harms nobody: the third host hears both, and says so to each", () => {
    const group = new Group("abc");
    group.cut("a", "b");
    group.cut("b", "a");
    group.run(10);
    expect(group.matrix()).toBe("ab:reported ac:direct ba:reported bc:direct ca:direct cb:direct");
    expect(group.peer("a", "b")).toMatchObject({ by: "c", own: null, hears: null });
  });

  test("a link that is open in one direction only is no link: nothing on it is answered", () => {
    const group = new Group("abc");
    group.run(5);
    group.cut("a", "b");
    group.run(10);
    expect(group.matrix()).toBe("ab:reported ac:direct ba:reported bc:direct ca:direct cb:direct");
  });

  test("a pool that is split in two: each side hears its own, and reports do not cross", () => {
    const group = new Group("abcd");
    group.run(5);
    for (const [from, to] of ["ac", "ad", "bc", "bd"]) {
      group.cut(from ?? "", to ?? "");
      group.cut(to ?? "", from ?? "");
    }
    group.run(10);
    expect(group.peer("a", "b").heard).toBe("direct");
    expect(["c", "d"].map((host) => group.peer("a", host).heard)).toEqual(["silent", "silent"]);
    group.mend();
    group.run(3);
    expect(group.peer("a", "d").heard).toBe("direct");
  });

  test("three of four datagrams lost: it is heard all the same", () => {
    const group = new Group("ab");
    group.run(4);
    for (let round = 0; round < 20; round++) {
      group.cut("b", "a");
      group.run(3);
      group.mend();
      group.run(1);
      expect(group.peer("a", "b").heard).toBe("direct");
    }
  });
});

describe("replay", () => {
  test("what somebody has recorded of a dead host does not bring it back", () => {
    const group = new Group("abc");
    group.run(5);
    group.powerOff("c");
    group.run(6);
    const recorded = group.sent.filter(({ message }) => message.from === "c");
    for (const { message } of recorded) group.give(message.to, message);
    for (let second = 0; second < 10; second++) {
      for (const { message } of recorded.slice(-2)) group.give(message.to, message);
      group.run(1);
      expect(group.matrix()).toBe("ab:direct ac:silent ba:direct bc:silent");
    }
  });

  test("a message to another host is nobody else's", () => {
    const group = new Group("abc");
    group.run(3);
    group.powerOff("c");
    const last = group.sent.findLast(({ message }) => message.from === "c" && message.to === "b");
    group.run(6);
    if (last === undefined) throw new Error("c has sent nothing");
    const before = group.states.get(hostUuid("a"));
    group.give("a", last.message);
    expect(group.states.get(hostUuid("a"))).toBe(before);
  });

  test("the boot before: once the new one was heard, its numbers count for nothing, for ever", () => {
    const group = new Group("ab");
    group.run(5);
    const old = group.sent.filter(({ message }) => message.from === "b");
    group.powerOff("b");
    group.run(6);
    group.boot("b", "ab");
    group.run(4);
    expect(group.peer("a", "b").heard).toBe("direct");
    for (let second = 0; second < 10; second++) {
      for (const { message } of old) group.give("a", message);
      group.run(1);
      expect(group.peer("a", "b").heard).toBe("direct");
      expect(group.peer("b", "a").heard).toBe("direct");
    }
  });
});

describe("since when", () => {
  test("from the second in which it changed", () => {
    const group = new Group("abc");
    group.run(60);
    const began = group.peer("a", "c").sinceMs - group.uptime("a") + group.nowMs;
    expect(began).toBeLessThanOrEqual(3_000);
    group.powerOff("c");
    const offMs = group.uptime("a");
    group.run(30);
    const { sinceMs, ageMs } = group.peer("a", "c");
    expect(sinceMs - offMs).toBeGreaterThan(3_000);
    expect(sinceMs - offMs).toBeLessThanOrEqual(6_000);
    expect(ageMs).toBeGreaterThan(29_000);
  });
});

describe("the list of peers", () => {
  const self = hostUuid("a");
  const peers = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      host: hostUuid(`h${index}`),
      addresses: [`10.0.1.${index}`],
    }));
  const tick = (state: ReturnType<typeof newHearing>) =>
    stepHearing(state, { kind: "tick", nowMs: 1, own: OWN, vote: NO_VOTE, agreed: [], acks: [] });

  test("64 hosts and no more, whatever the list says; this host is not its own peer", () => {
    const given = [{ host: self, addresses: ["10.0.1.200"] }, ...peers(200)];
    const { state } = stepHearing(newHearing(self, "b"), { kind: "peers", nowMs: 0, peers: given });
    expect(state.peers.size).toBe(63);
    expect(state.peers.has(self)).toBe(false);
    expect(tick(state).datagrams).toHaveLength(63);
  });

  test("every address of a host, each once", () => {
    const given = [{ host: hostUuid("b"), addresses: ["10.0.0.2", "fd00::2", "10.0.0.2"] }];
    const { state } = stepHearing(newHearing(self, "b"), { kind: "peers", nowMs: 0, peers: given });
    expect(tick(state).datagrams.map(({ address }) => address)).toEqual(["10.0.0.2", "fd00::2"]);
  });

  test("what is known of a host stays when its address changes, and goes with the host", () => {
    const group = new Group("abc");
    group.run(5);
    const before = group.states.get(self);
    if (before === undefined) throw new Error("no host a");
    const moved = [{ host: hostUuid("b"), addresses: ["192.0.2.9"] }];
    const { state } = stepHearing(before, { kind: "peers", nowMs: group.uptime("a"), peers: moved });
    expect(state.peers.get(hostUuid("b"))).toMatchObject({ addresses: ["192.0.2.9"], status: "direct" });
    expect(state.peers.has(hostUuid("c"))).toBe(false);
  });
});

describe("fallenSilent", () => {
  test("whoever was heard and is not any more, once", () => {
    const group = new Group("abc");
    group.run(5);
    group.powerOff("c");
    const fallen: string[] = [];
    for (let second = 0; second < 20; second++) {
      const before = group.states.get(hostUuid("a"));
      group.run(1);
      const after = group.states.get(hostUuid("a"));
      if (before !== undefined && after !== undefined) fallen.push(...fallenSilent(before, after));
    }
    expect(fallen).toEqual(["c"]);
  });

  test("one that is heard by report now has not fallen", () => {
    const group = new Group("abc");
    group.run(5);
    group.cut("a", "b");
    const before = group.states.get(hostUuid("a"));
    group.run(10);
    const after = group.states.get(hostUuid("a"));
    expect(before !== undefined && after !== undefined && fallenSilent(before, after)).toEqual([]);
  });
});
