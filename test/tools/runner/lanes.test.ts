import { expect, test } from "bun:test";
import { resolve } from "node:path";
import { longestSeconds, usualSeconds } from "./durations.ts";
import { laneOf, nicenessOf, scheduleOf } from "./lanes.ts";
import { listRings, type Ring } from "./rings.ts";

const RINGS = listRings(resolve(import.meta.dir, "../.."));
const named = (...names: readonly string[]): readonly Ring[] =>
  names.flatMap((name) => RINGS.filter((ring) => ring.name === name));

test("scheduleOf: every ring of this tree is played once", () => {
  const { below, above } = scheduleOf(RINGS);
  const played = [...below, ...above.flat()].flat().map(({ name }) => name);
  expect(played.sort()).toEqual(RINGS.map(({ name }) => name).sort());
});

test("scheduleOf: the stories begin when the quick rings with deadlines are over", () => {
  const { below, above } = scheduleOf(named("core", "adapters", "random", "scripts", "e2e", "cli"));
  const names = (rings: readonly Ring[]) => rings.map(({ name }) => name);
  expect(below.map(names)).toEqual([["random"], ["core"]]);
  expect(above.map((lists) => lists.map(names))).toEqual([[["adapters", "cli"]], [["e2e"], ["scripts"]]]);
});

test("nicenessOf: what computes leaves the processor to what has deadlines, and a new ring computes", () => {
  expect(["random", "scenarios", "adapters", "e2e", "a new one"].map(nicenessOf)).toEqual([19, 10, 0, 0, 10]);
  expect(laneOf("a new one")).toBe("computes");
});

test("longestSeconds: lists of one step run at the same time", () => {
  const e2eS = usualSeconds("e2e");
  expect(longestSeconds(scheduleOf(named("e2e", "scripts")))).toBe(Math.max(e2eS, usualSeconds("scripts")));
  expect(longestSeconds(scheduleOf(named("adapters", "e2e")))).toBe(usualSeconds("adapters") + e2eS);
  expect(longestSeconds(scheduleOf(named("kills", "pool")))).toBe(
    usualSeconds("kills") + usualSeconds("pool"),
  );
});
