import { describe, expect, test } from "bun:test";
import { explore, type World } from "./explorer.ts";
import { SEARCHES } from "./searches.ts";

const LIMITS = { states: 5_000_000, seconds: 110 };
const TWO_MINUTES = 120_000;

describe("in everything that can happen no rule breaks", () => {
  for (const { name, world } of SEARCHES.filter(({ isQuick }) => isQuick)) {
    test(
      name,
      () => {
        const { failure, complete } = explore(world(), LIMITS);
        expect(failure === null ? [] : [failure.rule, ...failure.story]).toEqual([]);
        expect(complete).toBe(true);
      },
      TWO_MINUTES,
    );
  }
});

/** A search that sees nothing happen finds nothing wrong. */
describe("what should happen does", () => {
  for (const { name, world } of SEARCHES.filter(({ isQuick }) => isQuick)) {
    const others = name.startsWith("two") ? ["a"] : ["a", "b", "c"];
    for (const host of others)
      test(`${name}: ${host} gets the mandate`, () => {
        expect(firstStory(world(), `${host} [^[]* MANDATE`)).not.toBeNull();
      });
  }

  test("a roll without its master is settled", () => {
    const search = SEARCHES.find(({ name }) => name === "two hosts change their roll");
    expect(search && firstStory(search.world(), "a [^[]*\\.2\\{a, a\\} MANDATE")).not.toBeNull();
  });
});

/** The shortest way to a state that is shown so; null: there is none. */
function firstStory(world: World, shown: string): readonly string[] | null {
  const pattern = new RegExp(shown);
  const wanted: World = {
    width: world.width,
    first: () => world.first(),
    steps: (state, next) => world.steps(state, (label, after) => next(label, after)),
    broken: (state) => (pattern.test(world.show(state)) ? "there" : null),
    show: (state) => world.show(state),
  };
  return explore(wanted, LIMITS).failure?.story ?? null;
}
