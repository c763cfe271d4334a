import { describe, expect, test } from "bun:test";
import { leadOf } from "../../../../src/core/group/leader-heard.ts";
import { GROUP_TIMINGS } from "../../../../src/core/group/timings.ts";
import type { Lead } from "../../../../src/core/group/vote-words.ts";
import { A, B, C, NOW_MS, type Voter, voter } from "./votes.ts";

const show = (lead: Lead) => (lead.kind === "hears" ? `hears ${lead.leader}` : lead.kind);
const hears = (leader: typeof A) => ({ kind: "hears", leader }) as const;

describe("leadOf: what a host says of who leads", () => {
  const answers = { b: 1 };
  const rows: readonly [string, Voter, string][] = [
    ["it has the mandate", { term: "5a", roll: "5a.1 abc", answers }, "leads"],
    ["its roll is not settled yet", { term: "5a", roll: "5a.1 abc", before: "4b.1 abc", answers }, "elected"],
    ["it has not even repeated it", { term: "5a", roll: "4b.1 abc", answers }, "elected"],
    ["nobody has answered", { term: "5a" }, "stands"],
    ["a candidate does so whatever it hears", { term: "5a", said: { c: { lead: "leads" } } }, "stands"],
    ["a host with a mandate is heard", { said: { c: { lead: "leads" } } }, "hears c"],
    ["one that is elected is heard", { said: { c: { lead: "elected" } } }, "hears c"],
    ["this host need not have voted for it", { term: "1b", said: { c: { lead: "leads" } } }, "hears c"],
    ["it was heard 6 s ago", { said: { c: { lead: "leads", age: 6 } } }, "hears c"],
    ["it was heard 6.1 s ago", { said: { c: { lead: "leads", age: 6.1 } } }, "none"],
    ["it has said since that it leads no more", { said: { c: { lead: "none" } } }, "none"],
    ["it says nothing any more", { said: { c: { lead: "unsaid" } } }, "none"],
    ["one that asks for votes is no leader", { said: { c: { lead: "stands" } } }, "none"],
    ["another host hears one", { said: { b: { lead: "hears" } } }, "told"],
    ["another host said so 3 s ago", { said: { b: { lead: "hears", age: 3 } } }, "told"],
    ["another host said so 3.1 s ago", { said: { b: { lead: "hears", age: 3.1 } } }, "none"],
    [
      "what is heard goes before what is told",
      { said: { b: { lead: "hears" }, c: { lead: "leads" } } },
      "hears c",
    ],
    ["who has only been told does not pass it on", { said: { b: { lead: "told" } } }, "none"],
    ["another host hears this one, which has just given up", { said: { b: { lead: hears(A) } } }, "none"],
    ["another host hears a third one", { said: { b: { lead: hears(C) }, c: { lead: "none" } } }, "told"],
    ["nothing was ever heard", {}, "none"],
  ];
  for (const [what, given, expected] of rows)
    test(`${what}: ${expected}`, () =>
      expect(show(leadOf(voter(given), NOW_MS, GROUP_TIMINGS))).toBe(expected));

  test("two that tell each other do not keep a leader alive that both have heard of only", () => {
    const told = { lead: { kind: "told" }, age: 0 } as const;
    for (const [self, other] of [
      [A, B],
      [B, A],
    ] as const)
      expect(show(leadOf(voter({ self, said: { [other]: told } }), NOW_MS, GROUP_TIMINGS))).toBe("none");
  });
});
