/** Every event of a search happens at this uptime: times are kept relative to it. */
export const NOW_MS = 1_000_000;

/** The value as it is when so much time has passed: each time in it is so much longer ago, and after `longest` all are alike. */
export function aged<Value>(value: Value, byMs: number, longestMs: number): Value {
  return changeTimes(value, (ms) => Math.max(ms - byMs, NOW_MS - longestMs)) as Value;
}

/** Times are numbers under a name that ends so. */
const isTime = (name: string): boolean => name === "ms" || name.endsWith("Ms");

function changeTimes(value: unknown, change: (ms: number) => number): unknown {
  if (value instanceof Map) return new Map([...value].map(([key, one]) => [key, changeTimes(one, change)]));
  if (Array.isArray(value)) return value.map((one) => changeTimes(one, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      typeof one === "number" && isTime(name) ? change(one) : changeTimes(one, change),
    ]),
  );
}
