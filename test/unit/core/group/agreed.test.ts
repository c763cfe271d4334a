import { describe, expect, test } from "bun:test";
import { agreedAtMs, agreedOf, saidAgreed } from "../../../../src/core/group/agreed.ts";
import { type GroupState, newGroup, speak } from "../../../../src/core/group/group.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import { OWN } from "./group.ts";
import { groupState, MASTER, type Other } from "./states.ts";
import { A, B, C, NOW_MS, type Voter, voter, words } from "./votes.ts";

const AGREED = [{ host: B, atMs: 7_000, bootId: "boot-b" }];

describe("saidAgreed: by the named master, as long as it leads", () => {
  const leads = words({ lead: "leads" });
  const shown = (given: Voter, own = MASTER, vote = leads) =>
    saidAgreed(voter(given).stored, { self: A, own, vote }, AGREED).length > 0 ? "said" : "not said";
  const rows: readonly [string, string, string][] = [
    ["it leads, is master, and is named", shown({}), "said"],
    ["its roll is not settled yet", shown({}, MASTER, words({ lead: "elected" })), "not said"],
    ["it hears another leader", shown({}, MASTER, words({ lead: "hears" })), "not said"],
    ["it says nothing of its vote", shown({}, MASTER, words({ lead: "unsaid" })), "not said"],
    ["it is a slave", shown({}, OWN), "not said"],
    ["its role is not known", shown({}, { ...MASTER, role: "unknown" }), "not said"],
    ["another one is named", shown({ master: B }), "not said"],
    ["it has no roll", shown({ roll: null }), "not said"],
    ["a roll that names it as well is not settled", shown({ before: "1c.0 ab" }), "said"],
  ];
  for (const [what, is, expected] of rows) test(`${what}: ${expected}`, () => expect(is).toBe(expected));

  test("not before the roll that names it is settled", () => {
    const { stored } = voter({ before: "1c.0 abc" });
    const before = stored.before && { ...stored.before, master: B };
    expect(saidAgreed({ ...stored, before }, { self: A, own: MASTER, vote: leads }, AGREED)).toEqual([]);
  });
});

describe("agreedOf: only of the boot in which the host had listed its domains", () => {
  const at = (host: typeof A, bootId: string) => agreedOf(AGREED, host, { bootId, ms: 9_000 });
  test("that boot", () => expect(at(B, "boot-b")).toBe(7_000));
  test("it has booted since", () => expect(at(B, "boot-b2")).toBeNull());
  test("another host", () => expect(at(C, "boot-b")).toBeNull());
});

test("speak: it is in each heartbeat, beside the number of that boot", () => {
  const { hearing, voting } = groupState({ term: "5a", roll: "5a.1 abc" }, { b: {}, c: {} });
  const addressed = [...hearing.peers].map(
    ([host, peer]) => [host, { ...peer, addresses: ["192.0.2.1"] }] as const,
  );
  const state = newGroup({ ...hearing, peers: new Map(addressed) }, voting);
  const moment = { nowMs: NOW_MS, own: MASTER, successor: null, agreed: AGREED };
  const heard = (lead: "leads" | "elected") =>
    speak(state, moment, words({ term: "5a", lead, roll: "5a.1" })).heartbeats.map(({ message }) =>
      message.heard.map(({ host, agreedMs }) => `${host} ${agreedMs ?? "-"}`).join(", "),
    );
  expect(heard("leads")).toEqual(["b 7000, c -", "b 7000, c -"]);
  expect(heard("elected")).toEqual(["b -, c -", "b -, c -"]);
});

const published = ({ voting, hearing }: GroupState, nowMs: number) =>
  agreedAtMs(voting, hearing.peers, nowMs);

describe("agreedAtMs: what the leader that is XAPI master says of this host", () => {
  /** b follows a, which leads, is named, and says that the domains which b had listed at 60 s agree. */
  const seen = (
    over: { readonly voter?: Voter; readonly a?: Other | null; readonly nowMs?: number } = {},
  ) => {
    const said = { a: { lead: "leads", term: "1a" } as const };
    const given: Voter = { self: B, term: "1a", roll: "1a.1 abc", said, ...over.voter };
    const a = over.a === undefined ? { ...MASTER, agreed: { b: 60_000, c: 50_000 } } : over.a;
    return published(groupState(given, { a, c: { agreed: { b: 1 } } }), over.nowMs ?? NOW_MS);
  };
  const agreed = { ...MASTER, agreed: { b: 60_000 } };
  test("when it had listed them", () => expect(seen()).toBe(60_000));
  test("the message is 4 s old", () => expect(seen({ a: { ...agreed, age: 4 } })).toBe(60_000));

  const nothing: readonly [string, Parameters<typeof seen>[0]][] = [
    ["the message is older than 4 s", { a: { ...agreed, age: 4.1 } }],
    ["it was never heard", { a: null }],
    ["it says nothing of that", { a: MASTER }],
    ["it says that of another host", { a: { ...MASTER, agreed: { c: 50_000 } } }],
    ["the roll names another one", { voter: { master: C } }],
    ["this host follows another one", { voter: { term: "2c" } }],
    ["it follows nobody", { voter: { term: "2-" } }],
    ["it leads itself", { voter: { self: A } }],
    ["it has no roll", { voter: { roll: null } }],
    ["the leader has no mandate", { voter: { said: { a: { lead: "elected", term: "1a" } } } }],
    [
      "it leads in another term than this host has taken",
      { voter: { said: { a: { lead: "leads", term: "3a" } } } },
    ],
    ["it has said nothing of its vote", { voter: { said: {} } }],
  ];
  for (const [what, over] of nothing) test(`${what}: nothing`, () => expect(seen(over)).toBeNull());

  const far = 2 ** 32;
  const lows: readonly [string, number, number, number][] = [
    ["of this round of 32 bits", far + 90_000, 60_000, far + 60_000],
    ["of the one before", far + 5, far - 1, far - 1],
    ["of the third", 2 * far + 10, 4, 2 * far + 4],
    ["the very same moment", 90_000, 90_000, 90_000],
  ];
  for (const [what, nowMs, low, whole] of lows)
    test(`the low bits of its uptime are completed: ${what}`, () => {
      const late = groupState(
        { self: B, term: "1a", roll: "1a.1 abc", said: { a: { lead: "leads", term: "1a" } } },
        { a: { ...MASTER, agreed: { b: low } } },
      );
      const peer = late.hearing.peers.get(hostUuid("a"));
      if (peer === undefined) throw new Error("a is known");
      const peers = new Map(late.hearing.peers).set(hostUuid("a"), { ...peer, heardMs: nowMs });
      expect(agreedAtMs(late.voting, peers, nowMs)).toBe(whole);
    });
});
