/** Something that may happen to a pool, and what ends it, in lines of a script. */
export interface Fault {
  readonly begins: readonly string[];
  readonly ends: readonly string[];
  /** What it changes: two faults that change the same do not last at the same time. */
  readonly of: readonly string[];
}

/** Lines that come at the same time. */
export type Step = readonly string[];

const mayBegin = (fault: Fault, open: readonly Fault[]): boolean =>
  open.every((other) => !other.of.some((one) => fault.of.includes(one)));

/** Every order in which up to `most` faults begin and end, all of them over in the end. */
export function* orders(
  faults: readonly Fault[],
  most: number,
  open: readonly Fault[] = [],
): Generator<readonly Step[]> {
  if (open.length === 0) yield [];
  if (most > 0)
    for (const fault of faults.filter((one) => mayBegin(one, open)))
      for (const rest of orders(faults, most - 1, [...open, fault])) yield [fault.begins, ...rest];
  for (const fault of open) {
    const others = open.filter((one) => one !== fault);
    for (const rest of orders(faults, most, others)) yield [fault.ends, ...rest];
  }
}

/** Every order in which up to `most` faults begin; none of them is over. */
export function* lasting(
  faults: readonly Fault[],
  most: number,
  open: readonly Fault[] = [],
): Generator<readonly Fault[]> {
  if (open.length > 0) yield open;
  if (most > 0)
    for (const fault of faults.filter((one) => mayBegin(one, open)))
      yield* lasting(faults, most - 1, [...open, fault]);
}

/** Lines of a script: each step so many seconds after the one before. */
export function linesOf(steps: readonly Step[], firstS: number, apartS: number): string {
  return steps.flatMap((step, index) => step.map((line) => `${firstS + index * apartS}s ${line}`)).join("\n");
}
