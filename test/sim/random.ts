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
  const hex = (): string => word().toString(16).padStart(8, "0");
  const random: Random = {
    next: () => word() / 0x1_0000_0000,
    below: (below) => Math.floor(random.next() * below),
    pick: (items) => {
      const item = items[random.below(items.length)];
      if (item === undefined) throw new RangeError("Cannot pick from nothing");
      return item;
    },
    chance: (probability) => random.next() < probability,
    uuid: () => {
      const [a, b, c, d] = [hex(), hex(), hex(), hex()];
      return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-8${c.slice(1, 4)}-${c.slice(4)}${d}`;
    },
    fork: () => createRandom(word()),
  };
  return random;
}
