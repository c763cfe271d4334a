/** A set of tuples of so many numbers each, in the order in which they came: an open hash table over plain memory. */
export class Tuples {
  private readonly width: number;
  private store: Int32Array;
  private table: Int32Array;
  private count = 0;

  constructor(width: number) {
    this.width = width;
    this.store = new Int32Array(width << 12);
    this.table = new Int32Array(1 << 13);
  }

  get size(): number {
    return this.count;
  }

  /** Its place, when it is new; -1: it was there. */
  add(tuple: readonly number[]): number {
    if (this.count * 2 >= this.table.length) this.growTable();
    const slot = this.slotOf(tuple);
    if (this.table[slot] !== 0) return -1;
    const { width } = this;
    if ((this.count + 1) * width > this.store.length) this.store = longer(this.store);
    for (let at = 0; at < width; at++) this.store[this.count * width + at] = tuple[at] ?? 0;
    this.count += 1;
    this.table[slot] = this.count;
    return this.count - 1;
  }

  get(place: number): number[] {
    return [...this.store.subarray(place * this.width, (place + 1) * this.width)];
  }

  private slotOf(tuple: readonly number[]): number {
    const { width, store, table } = this;
    const mask = table.length - 1;
    let slot = hash(tuple, width) & mask;
    for (;;) {
      const entry = table[slot] ?? 0;
      if (entry === 0) return slot;
      let at = 0;
      while (at < width && store[(entry - 1) * width + at] === tuple[at]) at++;
      if (at === width) return slot;
      slot = (slot + 1) & mask;
    }
  }

  private growTable(): void {
    this.table = new Int32Array(this.table.length * 2);
    for (let place = 0; place < this.count; place++) this.table[this.slotOf(this.get(place))] = place + 1;
  }
}

function hash(tuple: readonly number[], width: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < width; at++) {
    hash = Math.imul(hash ^ (tuple[at] ?? 0), 0x01000193);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ (hash >>> 13), 0x9e3779b1);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function longer(array: Int32Array): Int32Array {
  const next = new Int32Array(array.length * 2);
  next.set(array);
  return next;
}
