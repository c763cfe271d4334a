import { type Board, type Cost, isLess, NOWHERE } from "./board.ts";

/** Hosts, by number, that each VM of the board could run on. */
export type Choices = readonly (readonly number[])[];

/** How often somebody is asked to make way. */
const MOST_REPAIRS = 2_000;
/** With more VMs than this there is no trying everything. */
const MOST_TRIED = 12;

/**
 * Leaves on the board the cheapest placement that is found: the first try gives each VM in turn the best host that has room, then
 * single VMs make way for one that lacks something, then everything is tried, `steps` puts at most. So it is exact for the few
 * VMs and hosts of a small pool, and good for a large one.
 */
export function search(board: Board, choices: Choices, steps: number): void {
  fill(board, choices);
  repair(board, choices);
  exhaust(board, choices, steps);
}

function fill(board: Board, choices: Choices): void {
  for (const vm of choices.keys()) putBest(board, vm, choices[vm] ?? []);
}

function putBest(board: Board, vm: number, choices: readonly number[]): void {
  const host = board.inOrder(vm, choices).find((one) => board.fits(vm, one));
  if (host !== undefined) board.put(vm, host);
}

/** For a VM without a host, or beside one of its group, another one that was placed makes way. */
function repair(board: Board, choices: Choices): void {
  let left = MOST_REPAIRS;
  for (const [vm, hosts] of choices.entries()) {
    if (board.at[vm] !== NOWHERE && !board.isTogether(vm)) continue;
    for (const other of neighbours(board, hosts)) {
      left -= 1;
      if (left < 0) return;
      if (makeWay(board, choices, vm, other)) break;
    }
  }
}

/** VMs that were placed on these hosts. */
function neighbours(board: Board, hosts: readonly number[]): readonly number[] {
  return [...board.at.keys()].filter((vm) => hosts.includes(board.at[vm] ?? NOWHERE));
}

/** Puts the VM in the place of that other one, and this somewhere else, if that is better than before. */
function makeWay(board: Board, choices: Choices, vm: number, other: number): boolean {
  const before: Cost = [...board.cost];
  const from = board.at[vm] ?? NOWHERE;
  const host = board.at[other] ?? NOWHERE;
  if (host === from || other === vm) return false;
  board.take(vm);
  board.take(other);
  if (board.fits(vm, host)) {
    board.put(vm, host);
    putBest(board, other, choices[other] ?? []);
    if (isLess(board.cost, before)) return true;
    board.take(vm);
    board.take(other);
  }
  board.put(other, host);
  if (from !== NOWHERE) board.put(vm, from);
  return false;
}

/** Everything in turn, whatever cannot become better than the best one left out. */
function exhaust(board: Board, choices: Choices, steps: number): void {
  if (choices.length > MOST_TRIED) return;
  let best: Cost = [...board.cost];
  let bestAt = [...board.at];
  for (const vm of choices.keys()) board.take(vm);
  const floors = board.floors(choices);
  let left = steps;

  const couldBeLess = (next: number): boolean => {
    const floor = floors[next] ?? [];
    return isLess(
      board.cost.map((cost, level) => cost + (floor[level] ?? 0)),
      best,
    );
  };
  const tryFrom = (vm: number): void => {
    if (!couldBeLess(vm) || left <= 0) return;
    if (vm === choices.length) {
      best = [...board.cost];
      bestAt = [...board.at];
      return;
    }
    for (const host of board.inOrder(vm, choices[vm] ?? [])) {
      if (!board.fits(vm, host)) continue;
      left -= 1;
      board.put(vm, host);
      tryFrom(vm + 1);
      board.take(vm);
    }
    tryFrom(vm + 1);
  };
  tryFrom(0);
  for (const [vm, host] of bestAt.entries()) if (host !== NOWHERE) board.put(vm, host);
}
