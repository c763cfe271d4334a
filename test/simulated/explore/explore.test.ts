import { describe, expect, test } from "bun:test";
import { explore, type World } from "./explorer.ts";
import { LEASE_SEARCHES } from "./lease-searches.ts";
import { SEARCHES } from "./searches.ts";

/** They take seconds alone, and minutes beside the rings that compute. */
const LIMITS = { states: 5_000_000, seconds: 560 };
const TEN_MINUTES = 600_000;
const QUICK = SEARCHES.filter(({ isQuick }) => isQuick);

describe("in everything that can happen no rule breaks", () => {
  for (const { name, world } of QUICK) {
    test(
      name,
      () => {
        const { failure, complete } = explore(world(), LIMITS);
        expect(failure === null ? [] : [failure.rule, ...failure.story]).toEqual([]);
        expect(complete).toBe(true);
      },
      TEN_MINUTES,
    );
  }
});

/** A search that sees nothing happen finds nothing wrong. */
describe("what should happen does", () => {
  for (const { name, world } of QUICK.filter((search) => !LEASE_SEARCHES.includes(search))) {
    const others = name.startsWith("two") ? ["a"] : ["a", "b", "c"];
    for (const host of others)
      test(`${name}: ${host} gets the mandate`, () => {
        expect(firstStory(world(), `${host} [^[]* MANDATE`)).not.toBeNull();
      });
  }

  const inLeases: readonly [name: string, shown: string][] = [
    ["a lease is renewed", "h says lease slots 4[^ ]* .*"],
    ["a lease is renewed", "OVER +h OFF"],
    ["a lease is renewed by clocks that differ", "OVER +h OFF"],
    ["a lease is renewed, and another host leads", "b 2b [^h]*MANDATE OVER +h OFF"],
    ["a lease is renewed by what another host reports", "number 5 acked 0 heard 0"],
    ["a lease is renewed by what another host passes on", "h says lease slots [^ ]* acked 0"],
    ["a lease begins", "1a.2\\+ [^a]*acked"],
    ["a lease begins and ends", "1a.2\\+ [^a]*acked"],
    ["a lease ends, and another host leads", "MANDATE +h says none, unwished slots  acked"],
    ["a host with a lease boots", "1a.3\\+ number"],
  ];
  for (const [wanted, shown] of inLeases)
    test(
      `${wanted}: ${shown}`,
      () => {
        const search = QUICK.find(({ name }) => name === wanted);
        expect(search && firstStory(search.world(), shown)).not.toBeNull();
      },
      TEN_MINUTES,
    );

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
