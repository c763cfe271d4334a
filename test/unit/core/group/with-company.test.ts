import { describe, expect, test } from "bun:test";
import { withCompany } from "../../../../src/core/group/group.ts";
import { groupState, type Others } from "./states.ts";
import { B, D, type Voter } from "./votes.ts";

describe("withCompany: where half of a pool may fence by choice, a host that has booted needs company to lead", () => {
  interface Given extends Voter {
    readonly others?: Others;
    /** Of this host now; on the roll it is `boot-<letter>`. */
    readonly boot?: string;
    readonly isChosen?: boolean;
  }
  const needs = ({ others = { b: null, c: null }, boot = "later", isChosen = true, ...voter }: Given) =>
    withCompany(groupState(voter, others, boot), isChosen).voting.needsCompany;

  const rows: readonly [string, Given, boolean][] = [
    ["it has booted since it came on the roll", {}, true],
    ["the roll has it with this boot", { boot: "boot-a" }, false],
    ["that is the boot of another host on the roll", { boot: "boot-b" }, true],
    ["it is not on the roll", { self: D, others: { a: null, b: null } }, true],
    ["the administrator has not chosen that", { isChosen: false }, false],
    ["nor has he any more", { isChosen: false, over: { needsCompany: true } }, false],
    ["one of the others is still in the pool, heard or not", { others: { c: null } }, true],
    ["none of the others is in the pool any more", { others: { d: {} } }, false],
    ["it is alone on the roll", { roll: "1c.1 a" }, false],
    ["it has no roll", { roll: null }, false],
    ["the roll before does not matter", { roll: "1c.2 a", before: "1c.1 ab" }, false],
  ];
  for (const [what, given, expected] of rows)
    test(`${what}: ${expected ? "needs it" : "does not"}`, () => expect(needs(given)).toBe(expected));

  test("what is the same stays the same state", () => {
    const state = groupState({}, { b: null }, "later");
    const company = withCompany(state, true);
    expect(withCompany(company, true)).toBe(company);
    expect(withCompany(state, false)).toBe(state);
  });

  test("nothing else of the state changes", () => {
    const state = groupState({ answers: { b: 1 }, over: { off: new Set([B]) } }, { b: {} }, "later");
    expect(withCompany(state, true)).toEqual({ ...state, voting: { ...state.voting, needsCompany: true } });
  });
});
