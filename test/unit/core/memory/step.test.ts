import { describe, expect, test } from "bun:test";
import { emptyMemory, type Memory } from "../../../../src/core/memory/memory.ts";
import { inOrder, nothing, type Round, type Step } from "../../../../src/core/memory/step.ts";
import { master } from "../fixtures.ts";

const MEMORY = emptyMemory("boot-1");
const ROUND = master().input(0, {});

/** A step that leaves its name in the memory, acts and speaks. */
const named =
  (name: string, over: Partial<Step> = {}) =>
  (memory: Memory): Step => ({
    memory: { ...memory, following: `${memory.following ?? ""}${name}` },
    actions: [{ kind: "set-pool-key", key: name, value: "" }],
    reasons: [{ kind: "parameter-problem", problem: name }],
    ...over,
  });

/** What a row of steps comes to: the names in the memory, in what is done and in what is said. */
function outcome(steps: readonly ((memory: Memory, round: Round) => Step)[]): string {
  const { memory, actions, reasons, ends } = inOrder(MEMORY, ROUND, steps);
  const done = actions.map((action) => (action.kind === "set-pool-key" ? action.key : action.kind));
  const said = reasons.map((reason) => (reason.kind === "parameter-problem" ? reason.problem : reason.kind));
  return `${memory.following} does ${done.join("")} says ${said.join("")}${ends === true ? ", ends" : ""}`;
}

test("nothing: the memory as given, and no more", () =>
  expect(nothing(MEMORY)).toEqual({ memory: MEMORY, actions: [], reasons: [] }));

describe("inOrder", () => {
  test("no step changes nothing", () => expect(inOrder(MEMORY, ROUND, [])).toEqual(nothing(MEMORY)));

  test("each step has the memory that the one before has left, and adds to what is done and said", () =>
    expect(outcome([named("a"), named("b"), named("c")])).toBe("abc does abc says abc"));

  test("a step that ends the round is the last, and is taken in itself", () =>
    expect(outcome([named("a"), named("b", { ends: true }), named("c")])).toBe("ab does ab says ab, ends"));

  test("steps see the same round", () => {
    const seen: Round[] = [];
    const watching = (memory: Memory, round: Round): Step => {
      seen.push(round);
      return nothing(memory);
    };
    inOrder(MEMORY, ROUND, [named("a"), watching, watching]);
    expect(seen.map((round) => round === ROUND)).toEqual([true, true]);
  });
});
