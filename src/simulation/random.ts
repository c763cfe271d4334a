/** A seeded source of chance: the only one in the simulated world, so that a seed is a whole story. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number in [0, below). */
  below(below: number): number;
  pick<T>(items: readonly T[]): T;
  chance(probability: number): boolean;
  /** A uuid, of the form XAPI gives. */
  uuid(): string;
  /** Draws a uuid that is seldom looked at: it is written down when it is asked for. */
  lateUuid(): () => string;
  /** A source of its own, so that drawing more here does not change what is drawn there. */
  fork(): Random;
}

/** Mixes a 32-bit state (splitmix32): small, quick, good enough to draw stories. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const word = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  const random: Random = {
    next: () => word() / 0x1_0000_0000,
    below: (below) => Math.floor(random.next() * below),
    pick: (items) => {
      const item = items[random.below(items.length)];
      if (item === undefined) throw new RangeError("Cannot pick from nothing");
      return item;
    },
    chance: (probability) => random.next() < probability,
    uuid: () => writeUuid(word(), word(), word(), word()),
    lateUuid: () => {
      const [a, b, c, d] = [word(), word(), word(), word()];
      return () => writeUuid(a, b, c, d);
    },
    fork: () => createRandom(word()),
  };
  return random;
}

function writeUuid(a: number, b: number, c: number, d: number): string {
  const version = 0x4000 | (b & 0xfff);
  const variant = 0x8000 | ((c >>> 16) & 0xfff);
  const end = hex4(c) + hex4(d >>> 16) + hex4(d);
  return `${hex4(a >>> 16)}${hex4(a)}-${hex4(b >>> 16)}-${hex4(version)}-${hex4(variant)}-${end}`;
}

/** Sixteen bits as text: there are few enough of them to be kept, and a history writes thousands. */
const HEX4: (string | undefined)[] = Array<undefined>(0x1_0000).fill(undefined);

function hex4(word: number): string {
  const low = word & 0xffff;
  const known = HEX4[low];
  if (known !== undefined) return known;
  const text = low.toString(16).padStart(4, "0");
  HEX4[low] = text;
  return text;
}
