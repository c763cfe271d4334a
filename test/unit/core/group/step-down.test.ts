import { describe, expect, test } from "bun:test";
import { mandateUntil } from "../../../../src/core/group/mandate.ts";
import { stepDown } from "../../../../src/core/group/step-down.ts";
import { takeWords } from "../../../../src/core/group/take-words.ts";
import { isNewerTerm } from "../../../../src/core/group/term.ts";
import { GROUP_TIMINGS } from "../../../../src/core/group/timings.ts";
import { A, B, heard, NOW_MS, showStored, showTerm, voter } from "./votes.ts";

describe("stepDown: the own term is left for nobody's", () => {
  const leader = voter({ term: "5a", roll: "5a.2 ab", before: "5a.1 abc", answers: { b: 1, c: 1 } });
  const after = stepDown(leader);

  test("its rolls stay", () => expect(showStored(after)).toBe("6- 5a.2 ab after 5a.1 abc"));
  test("it is newer than its own one", () =>
    expect(isNewerTerm(after.stored.term, leader.stored.term)).toBe(true));
  test("what was answered counts no more, and it has no mandate", () => {
    expect(after.answers.size).toBe(0);
    expect(mandateUntil(after, NOW_MS, GROUP_TIMINGS)).toBeNull();
  });
  test("it has promised nothing, and votes at once", () => {
    expect(after.promisedMs).toBeNull();
    const asked = heard(B, { term: "7b", roll: "5a.2" });
    expect(showTerm(takeWords(after, asked, GROUP_TIMINGS).stored.term)).toBe("7b");
  });
  test("whoever hears of it is free", () => {
    const follower = voter({ self: B, term: "5a", promised: 1 });
    expect(takeWords(follower, heard(A, { term: "6-" }), GROUP_TIMINGS).promisedMs).toBeNull();
  });
});
