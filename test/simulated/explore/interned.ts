/** Values as small numbers: the same number for the same value, so that states of a search are a few numbers each. */
export class Interned<Value> {
  private readonly values: Value[] = [];
  private readonly ids = new Map<string, number>();

  id(value: Value): number {
    const key = keyOf(value);
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    this.ids.set(key, this.values.length);
    this.values.push(value);
    return this.values.length - 1;
  }

  value(id: number): Value {
    const value = this.values[id];
    if (value === undefined) throw new Error(`There is no value ${id}`);
    return value;
  }

  get size(): number {
    return this.values.length;
  }
}

/** A value in one text: what is equal has the same one, whatever the order of its keys. */
function keyOf(value: unknown): string {
  if (value instanceof Map)
    return `M${[...value]
      .map(([key, one]) => `${String(key)}=${keyOf(one)}`)
      .sort()
      .join(",")};`;
  if (value instanceof Set) return `S${[...value].map(keyOf).sort().join(",")};`;
  if (Array.isArray(value)) return `[${value.map(keyOf).join(",")}]`;
  if (typeof value !== "object" || value === null) return `${typeof value}${String(value)}`;
  const fields = Object.entries(value).map(([key, one]) => `${key}:${keyOf(one)}`);
  return `{${fields.sort().join(",")}}`;
}

/** Remembers what a function of a small number has answered. */
export function remembered<Answer>(answer: (number: number) => Answer): (number: number) => Answer {
  const answers: (Answer | undefined)[] = [];
  return (number) => {
    const known = answers[number];
    if (known !== undefined) return known;
    const said = answer(number);
    answers[number] = said;
    return said;
  };
}

/** The same of two numbers. */
export function rememberedPair<Answer>(
  answer: (a: number, b: number) => Answer,
): (a: number, b: number) => Answer {
  const rows = remembered((a) => remembered((b) => answer(a, b)));
  return (a, b) => rows(a)(b);
}
