/** The value below which `share` of them are: 0.5 is the median. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** The median of what `pick` takes of each. */
export function medianOf<T>(items: readonly T[], pick: (item: T) => number): number {
  return quantile(items.map(pick), 0.5);
}
