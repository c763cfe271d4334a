/** Where two values of plain JSON differ first, and how. */
export interface Difference {
  /** `actions[0].host`; empty: as a whole. */
  readonly path: string;
  /** As JSON; null: it is not there. */
  readonly recorded: string | null;
  readonly now: string | null;
}

/** The first difference; null: they are the same, also in the order of their fields. */
export function firstDifference(recorded: unknown, now: unknown): Difference | null {
  const [before, after] = [textOf(recorded), textOf(now)];
  if (before === after) return null;
  return walk(plainOf(before), plainOf(after), "") ?? { path: "", recorded: before, now: after };
}

const textOf = (value: unknown): string | null => JSON.stringify(value) ?? null;
/** As it is read back: without what JSON has no word for. */
const plainOf = (text: string | null): unknown => (text === null ? undefined : JSON.parse(text));

function walk(recorded: unknown, now: unknown, path: string): Difference | null {
  if (!areAlike(recorded, now)) {
    return Object.is(recorded, now) ? null : { path, recorded: textOf(recorded), now: textOf(now) };
  }
  const [before, after] = [Object(recorded) as object, Object(now) as object];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  for (const key of keys) {
    const at = Array.isArray(recorded) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
    const found = walk(fieldOf(before, key), fieldOf(after, key), at);
    if (found !== null) return found;
  }
  const [order, orderNow] = [Object.keys(before).join(" "), Object.keys(after).join(" ")];
  return order === orderNow ? null : { path: `the order of ${path}`, recorded: order, now: orderNow };
}

/** Both lists, or both objects: what is in them is compared. */
function areAlike(a: unknown, b: unknown): boolean {
  const isTree = (value: unknown) => typeof value === "object" && value !== null;
  return isTree(a) && isTree(b) && Array.isArray(a) === Array.isArray(b);
}

const fieldOf = (value: object, key: string): unknown =>
  Object.hasOwn(value, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
