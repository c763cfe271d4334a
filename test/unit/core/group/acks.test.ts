import { describe, expect, test } from "bun:test";
import { type Acked, ownAckMs, passedOn, stepHeard } from "../../../../src/core/group/acks.ts";
import { bootTag } from "../../../../src/core/group/boot-tag.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import { groupState, type Others } from "./states.ts";
import { ago, C, NOW_MS, words } from "./votes.ts";

const hearing = (others: Others) => groupState({}, others).hearing;
/** Each as host, number, and how many seconds ago that was heard of. */
const show = (acked: readonly Acked[]) =>
  acked.map(({ host, ms, heardMs }) => `${host} ${ms} ${(NOW_MS - heardMs) / 1_000}`).join(", ");
const known = (host: string, ms: number, heardMs: number, boot = `boot-${host}`): Acked => ({
  ...{ host: hostUuid(host), bootTag: bootTag(boot), ms, heardMs },
});

describe("stepHeard: the newest numbers", () => {
  // The newest number of everybody in these states is 500.
  const rows: readonly [string, readonly Acked[], Others, string][] = [
    ["whom it hears", [], { b: { age: 1 } }, "b 500 1"],
    ["whom nobody has ever heard", [], { b: null }, ""],
    ["who has been silent for five seconds", [], { b: { age: 5 } }, ""],
    [
      "whom another one reports: since that was told",
      [],
      { b: { age: 2, hears: "c" }, c: null },
      "b 500 2, c 500 2",
    ],
    ["who is silent keeps what was acknowledged", [known("b", 400, ago(9))], { b: { age: 9 } }, "b 400 9"],
    ["a newer number", [known("b", 400, ago(3))], { b: { age: 1 } }, "b 500 1"],
    ["the same number once more is not heard anew", [known("b", 500, ago(3))], { b: { age: 1 } }, "b 500 3"],
    ["an older one is none", [known("b", 600, ago(3))], { b: { age: 1 } }, "b 600 3"],
    [
      "a number of another boot stands beside it",
      [known("b", 900, ago(3), "boot-old")],
      { b: { age: 1 } },
      "b 900 3, b 500 1",
    ],
    ["a host that is not in the pool is nobody", [], { b: { age: 1, hears: "x" } }, "b 500 1"],
  ];
  for (const [what, last, others, expected] of rows)
    test(what, () => expect(show(stepHeard(last, hearing(others), NOW_MS))).toBe(expected));
});

describe("passedOn: what the leader has acknowledged, unchanged", () => {
  const acks = [known("a", 1, 0), known("b", 2, 0), known("d", 4, 0)];
  const pass = (others: Others, lead = words({ lead: "hears" })) => {
    const state = hearing(others);
    const leader = state.peers.get(C);
    const peers = new Map(state.peers);
    if (leader !== undefined) peers.set(C, { ...leader, acks });
    return passedOn({ ...state, peers }, lead, NOW_MS).map(({ host, ms }) => `${host} ${ms}`);
  };
  const rows: readonly [string, readonly string[], readonly string[]][] = [
    ["to whom it hears itself", pass({ b: {}, c: {} }), ["b 2"]],
    ["not to who is silent", pass({ b: { age: 9 }, c: {} }), []],
    ["not of a leader that is silent", pass({ b: {}, c: { age: 9 } }), []],
    ["not of one that it does not hear", pass({ b: {}, c: {} }, words({ lead: "told" })), []],
  ];
  for (const [what, passed, expected] of rows) test(what, () => expect([...passed]).toEqual([...expected]));
});

describe("ownAckMs: the newest own number that a message acknowledges", () => {
  const state = hearing({ b: {} });
  const fresh = { bootId: "boot-a", ms: ago(1) };
  const rows: readonly [string, ReturnType<typeof ownAckMs>, number | null][] = [
    ["of this boot", ownAckMs(state, { answers: fresh, acks: [known("a", 7_000, 0)] }, NOW_MS), 7_000],
    [
      "of an earlier boot",
      ownAckMs(state, { answers: fresh, acks: [known("a", 7_000, 0, "boot-old")] }, NOW_MS),
      null,
    ],
    ["of another host", ownAckMs(state, { answers: fresh, acks: [known("b", 7_000, 0)] }, NOW_MS), null],
    [
      "in a message that is not fresh",
      ownAckMs(state, { answers: { bootId: "boot-a", ms: ago(5) }, acks: [known("a", 7_000, 0)] }, NOW_MS),
      null,
    ],
    [
      "in one that answers nothing",
      ownAckMs(state, { answers: null, acks: [known("a", 7_000, 0)] }, NOW_MS),
      null,
    ],
  ];
  for (const [what, found, expected] of rows) test(what, () => expect(found).toBe(expected));

  test("low bits: the last such time before now", () => {
    const nowMs = 2 ** 32 + 5_000;
    const answers = { bootId: "boot-a", ms: nowMs - 1_000 };
    expect(ownAckMs(state, { answers, acks: [known("a", 4_000, 0)] }, nowMs)).toBe(2 ** 32 + 4_000);
  });
});
