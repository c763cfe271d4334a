import { expect, test } from "bun:test";
import { Board, isLess } from "../../../../src/core/placement/board.ts";
import { createRandom } from "../../../../src/simulation/random.ts";
import { costOf } from "./exhaustive.ts";
import { randomPool } from "./random-pools.ts";

test("costs are compared from left to right", () => {
  expect([isLess([0, 9], [1, 0]), isLess([1, 0], [0, 9]), isLess([1, 2], [1, 2])]).toEqual([
    true,
    false,
    false,
  ]);
});

test("after any moves, taken back or not, the cost is that of the whole", () => {
  let compared = 0;
  for (let seed = 1; seed <= 500; seed++) {
    const { vms, hosts } = randomPool(seed);
    const board = new Board(vms, hosts);
    const random = createRandom(seed);
    for (let move = 0; move < 20 && vms.length > 0; move++) {
      const vm = random.below(vms.length);
      const host = random.below(hosts.length);
      board.take(vm);
      if (random.below(3) > 0 && board.fits(vm, host)) board.put(vm, host);
      const at = new Map(
        vms.flatMap(({ uuid }, number) => {
          const found = hosts[board.at[number] ?? -1];
          return found === undefined ? [] : [[uuid, found.uuid] as const];
        }),
      );
      const whole = costOf(vms, hosts, at);
      if (whole === null) continue;
      expect(board.cost).toEqual([...whole]);
      compared += 1;
    }
  }
  expect(compared).toBeGreaterThan(1_000);
});

test("the floor of what is left is never more than what it comes to", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const { vms, hosts } = randomPool(seed);
    const board = new Board(vms, hosts);
    const choices = vms.map((_, vm) => [...hosts.keys()].filter((host) => board.fits(vm, host)));
    const [floor = []] = board.floors(choices);
    const bound = board.cost.map((cost, level) => cost + (floor[level] ?? 0));
    for (const [vm, hosts] of choices.entries()) {
      const host = board.inOrder(vm, hosts).find((one) => board.fits(vm, one));
      if (host !== undefined) board.put(vm, host);
    }
    expect(isLess(board.cost, bound)).toBe(false);
  }
});
