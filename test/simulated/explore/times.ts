/** Every event of a search happens at this uptime: times are kept relative to it. */
export const NOW_MS = 1_000_000;
/** One unit of time: two of them are longer than a mandate, and as long as a promise. */
export const UNIT_MS = 2_500;
/** What is so long ago is over, and it does not matter for how long. */
export const LONG_AGO_MS = NOW_MS - 5_000;

/** The value as it is one unit of time later: each time in it is so much longer ago. */
export function aged<Value>(value: Value): Value {
  return changeTimes(value, (ms) => Math.max(ms - UNIT_MS, LONG_AGO_MS)) as Value;
}

/** Times are numbers under a name that ends so. */
const isTime = (name: string): boolean => name === "ms" || name.endsWith("Ms");

function changeTimes(value: unknown, change: (ms: number) => number): unknown {
  if (value instanceof Map) return new Map([...value].map(([key, one]) => [key, changeTimes(one, change)]));
  if (Array.isArray(value)) return value.map((one) => changeTimes(one, change));
  // Of hosts.
  if (value instanceof Set || typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      typeof one === "number" && isTime(name) ? change(one) : changeTimes(one, change),
    ]),
  );
}
