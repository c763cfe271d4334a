import type { PlacementHost, PlacementVm } from "./problem.ts";

/** What a placement costs, the worst first: VMs without a host by rank, then what follows. Compared from left to right. */
export type Cost = readonly number[];

/** Levels of a cost below those of the ranks. */
const TOGETHER = 0;
const SPARE = 1;
const OVERDRAWN = 2;
const AWAY = 3;
const LEVELS = 4;

export const NOWHERE = -1;

export function isLess(a: Cost, b: Cost): boolean {
  for (const [level, one] of a.entries()) {
    const other = b[level] ?? 0;
    if (one !== other) return one < other;
  }
  return false;
}

interface Place {
  readonly host: PlacementHost;
  freeBytes: number;
  squeezedBytes: number;
  readonly groups: Map<string, number>;
}

/**
 * VMs on hosts, each put and taken away by its number, with what the whole costs. It changes in place: a search makes and
 * takes back thousands of moves.
 */
export class Board {
  readonly vms: readonly PlacementVm[];
  /** The host of each VM, by number; NOWHERE: none. */
  readonly at: number[];
  readonly cost: number[];
  private readonly places: readonly Place[];
  private readonly ranks: readonly number[];

  constructor(vms: readonly PlacementVm[], hosts: readonly PlacementHost[]) {
    this.vms = vms;
    this.at = vms.map(() => NOWHERE);
    this.places = hosts.map((host) => ({
      host,
      freeBytes: bytesOf(host.freeBytes),
      squeezedBytes: bytesOf(host.squeezedFreeBytes),
      groups: countOf(host.apart),
    }));
    const ranks = [...new Set(vms.map(({ rank }) => rank))].sort((a, b) => a - b);
    this.ranks = vms.map(({ rank }) => ranks.indexOf(rank));
    this.cost = [...ranks, ...Array<number>(LEVELS)].fill(0);
    for (const level of this.ranks) this.add(level, 1);
  }

  fits(vm: number, host: number): boolean {
    return this.vm(vm).leastMemoryBytes <= this.place(host).squeezedBytes;
  }

  put(vm: number, host: number): void {
    this.at[vm] = host;
    this.move(vm, host, 1);
  }

  /** Takes it off its host. */
  take(vm: number): void {
    const host = this.at[vm] ?? NOWHERE;
    if (host === NOWHERE) return;
    this.at[vm] = NOWHERE;
    this.move(vm, host, -1);
  }

  /** How many there share a group with this one, which counts as well where it is. */
  companions(vm: number, host: number): number {
    const { groups } = this.place(host);
    return this.vm(vm).apart.reduce((sum, group) => sum + (groups.get(group) ?? 0), 0);
  }

  /** Is it beside another VM of one of its groups? */
  isTogether(vm: number): boolean {
    const at = this.at[vm] ?? NOWHERE;
    return at !== NOWHERE && this.companions(vm, at) > this.vm(vm).apart.length;
  }

  /**
   * What those not yet put, from this VM on, will add to the cost at the least. `choices`: the hosts, by number, that each could
   * have.
   */
  floors(choices: readonly (readonly number[])[]): readonly Cost[] {
    const floors: number[][] = [this.cost.map(() => 0)];
    for (const [vm, hosts] of [...choices.entries()].toReversed()) {
      const floor = [...(floors[0] ?? [])];
      const ranked = this.cost.length - LEVELS;
      const bump = (level: number, amount: number) => {
        floor[level] = (floor[level] ?? 0) + amount;
      };
      if (hosts.length > 0) {
        const { affinity } = this.vm(vm);
        const records = hosts.map((host) => this.place(host).host);
        bump(this.ranks[vm] ?? 0, -1);
        bump(ranked + SPARE, Number(records.every(({ isSpare }) => isSpare)));
        bump(ranked + AWAY, Number(affinity !== null && records.every(({ uuid }) => uuid !== affinity)));
      }
      floors.unshift(floor);
    }
    return floors;
  }

  /** These hosts, the best for this VM first; which of them have room is not asked. */
  inOrder(vm: number, hosts: readonly number[]): readonly number[] {
    const wishes = new Map(hosts.map((host) => [host, this.wish(vm, host)]));
    const wishOf = (host: number): Cost => wishes.get(host) ?? [];
    return hosts.toSorted((a, b) => {
      const [one, other] = [wishOf(a), wishOf(b)];
      return isLess(one, other) ? -1 : isLess(other, one) ? 1 : a - b;
    });
  }

  /** What it would cost to put it there, then the memory that is used: the emptiest host is the best. */
  private wish(vm: number, host: number): Cost {
    const { host: record, freeBytes } = this.place(host);
    const { memoryBytes, affinity } = this.vm(vm);
    return [
      this.companions(vm, host),
      Number(record.isSpare),
      Number(freeBytes >= 0 && freeBytes < memoryBytes),
      Number(affinity !== null && affinity !== record.uuid),
      record.freeBytes === "unknown" ? 0 : -freeBytes,
    ];
  }

  private move(vm: number, host: number, sign: 1 | -1): void {
    const { memoryBytes, leastMemoryBytes, affinity, apart } = this.vm(vm);
    const place = this.place(host);
    const ranked = this.cost.length - LEVELS;
    this.add(this.ranks[vm] ?? 0, -sign);
    if (sign === 1) this.add(ranked + TOGETHER, this.companions(vm, host));
    for (const group of apart) place.groups.set(group, (place.groups.get(group) ?? 0) + sign);
    if (sign === -1) this.add(ranked + TOGETHER, -this.companions(vm, host));
    if (place.host.isSpare) this.add(ranked + SPARE, sign);
    const wasOverdrawn = place.freeBytes < 0;
    place.freeBytes -= sign * memoryBytes;
    place.squeezedBytes -= sign * leastMemoryBytes;
    this.add(ranked + OVERDRAWN, Number(place.freeBytes < 0) - Number(wasOverdrawn));
    if (affinity !== null && affinity !== place.host.uuid) this.add(ranked + AWAY, sign);
  }

  private add(level: number, amount: number): void {
    this.cost[level] = (this.cost[level] ?? 0) + amount;
  }

  private vm(number: number): PlacementVm {
    return must(this.vms[number]);
  }

  private place(number: number): Place {
    return must(this.places[number]);
  }
}

function bytesOf(bytes: number | "unknown"): number {
  return bytes === "unknown" ? Number.POSITIVE_INFINITY : bytes;
}

function countOf(groups: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const group of groups) counts.set(group, (counts.get(group) ?? 0) + 1);
  return counts;
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("A number that names nothing on this board");
  return value;
}
