import type { HostUuid, VmUuid } from "../model/ids.ts";
import { Board, NOWHERE } from "./board.ts";
import { obstacleOf } from "./obstacle.ts";
import type { Obstacle, Placed, Placement, PlacementHost, PlacementVm, Unplaced } from "./problem.ts";
import { search } from "./search.ts";

/** What a search may cost: some milliseconds. Every placement of five VMs on four hosts is 3,125. */
const STEPS = 4_000;

/**
 * A host for every VM, as far as there is one: as many of the first rank as possible, then as many of the next; then as few as
 * possible beside another VM of their group, on a spare host, on hosts whose guests would be squeezed, away from home. What is
 * left goes where most memory is free.
 */
export function place(
  vms: readonly PlacementVm[],
  hosts: readonly PlacementHost[],
  steps: number = STEPS,
): Placement {
  const all = vms.map((vm) => judge(vm, hosts));
  const able = all.filter(({ choices }) => choices.length > 0).sort(byHardness);
  const board = new Board(
    able.map(({ vm }) => vm),
    hosts,
  );
  const choices = able.map((one) => one.choices);
  search(board, choices, steps);
  const placed: Placed[] = [];
  const unplaced: Unplaced[] = all
    .filter((one) => one.choices.length === 0)
    .map(({ vm, obstacles }) => ({ vm: vm.uuid, obstacles }));
  for (const [number, one] of able.entries()) {
    const at = board.at[number] ?? NOWHERE;
    const host = hosts[at];
    if (host === undefined) unplaced.push({ vm: one.vm.uuid, obstacles: allTaken(one, hosts) });
    else {
      const isTogether = board.isTogether(number);
      board.take(number);
      const others = board.inOrder(number, one.choices).filter((other) => other !== at);
      board.put(number, at);
      const candidates = uuidsOf([at, ...others], hosts);
      placed.push({ vm: one.vm.uuid, host: host.uuid, candidates, isTogether });
    }
  }
  return inOrderOf(vms, { placed, unplaced });
}

interface Judged {
  readonly vm: PlacementVm;
  /** Hosts, by number, that could run it if nothing else were started. */
  readonly choices: readonly number[];
  readonly obstacles: readonly Obstacle[];
}

function judge(vm: PlacementVm, hosts: readonly PlacementHost[]): Judged {
  const found = hosts.map((host) => obstacleOf(vm, host));
  const choices = [...found.keys()].filter((number) => found[number] === null);
  return { vm, choices, obstacles: found.filter((obstacle) => obstacle !== null) };
}

/** Who has the fewest hosts to choose from goes first, then the largest. */
function byHardness(a: Judged, b: Judged): number {
  return (
    a.vm.rank - b.vm.rank ||
    a.choices.length - b.choices.length ||
    b.vm.memoryBytes - a.vm.memoryBytes ||
    (a.vm.uuid < b.vm.uuid ? -1 : 1)
  );
}

function allTaken({ choices, obstacles }: Judged, hosts: readonly PlacementHost[]): readonly Obstacle[] {
  const taken = choices.flatMap((number): readonly Obstacle[] => {
    const host = hosts[number];
    return host === undefined ? [] : [{ host: host.uuid, kind: "taken" }];
  });
  return [...obstacles, ...taken];
}

function uuidsOf(numbers: readonly number[], hosts: readonly PlacementHost[]): readonly HostUuid[] {
  return numbers.map((number) => hosts[number]?.uuid).filter((uuid) => uuid !== undefined);
}

function inOrderOf(vms: readonly PlacementVm[], { placed, unplaced }: Placement): Placement {
  const numbers = new Map<VmUuid, number>(vms.map(({ uuid }, number) => [uuid, number]));
  const byNumber = (a: { readonly vm: VmUuid }, b: { readonly vm: VmUuid }) =>
    (numbers.get(a.vm) ?? 0) - (numbers.get(b.vm) ?? 0);
  return { placed: placed.toSorted(byNumber), unplaced: unplaced.toSorted(byNumber) };
}
