import { describe, expect, test } from "bun:test";
import { findCycles, reachable } from "./cycles.ts";
import { graphOf, targetsOf } from "./imports.ts";
import { roomGraph } from "./rooms.ts";
import { SOURCES } from "./tree.ts";

const graph = (ways: Record<string, readonly string[]>) => new Map(Object.entries(ways));

describe("findCycles", () => {
  test("ways that join again are no cycle", () => {
    expect(findCycles(graph({ a: ["b", "c"], b: ["d"], c: ["d"], d: [] }))).toEqual([]);
  });

  test("a cycle is told once, from wherever it was entered", () => {
    expect(findCycles(graph({ z: ["b"], b: ["c"], c: ["a"], a: ["b"] }))).toEqual(["a > b > c > a"]);
  });

  test("two cycles are two, and a name may lead to itself", () => {
    expect(findCycles(graph({ a: ["b"], b: ["a"], c: ["c"] }))).toEqual(["a > b > a", "c > c"]);
  });
});

test("reachable: the beginning, and what it leads to", () => {
  expect([...reachable(graph({ a: ["b"], b: ["a", "c"], d: ["a"] }), ["a"])]).toEqual(["a", "b", "c"]);
});

const GRAPH = graphOf(SOURCES);

test("no file of src imports itself by way of others, types included", () => {
  expect(findCycles(targetsOf(GRAPH, ({ target }) => target.startsWith("src/")))).toEqual([]);
});

test("no room of the core imports itself by way of others, types included", () => {
  expect(findCycles(roomGraph(GRAPH))).toEqual([]);
});
