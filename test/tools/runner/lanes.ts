import type { Ring } from "./rings.ts";

/**
 * Rings of one lane run one after the other, lanes at the same time: what waits for real time to pass leaves the processor to what computes.
 *
 * | lane | what | priority |
 * |---|---|---|
 * | `histories` | computes for minutes | the lowest |
 * | `computes` | needs no clock | low |
 * | `waits` | has deadlines and real children, and mostly waits | usual |
 * | `stories` | pools of namespaces, which wait for minutes; they begin when the quick rings of `waits` are over | usual |
 */
export type Lane = "histories" | "computes" | "waits" | "stories";

const LANES: Readonly<Record<string, Lane>> = {
  random: "histories",
  adapters: "waits",
  browser: "waits",
  app: "waits",
  cli: "waits",
  main: "waits",
  "fence-agents": "waits",
  "ha-cfg": "waits",
  scripts: "waits",
  services: "waits",
  "old-kernel": "waits",
  binary: "waits",
  e2e: "stories",
};

/** These wait for many seconds at a time, with bounds that are wide enough for the stories beside them. */
const BESIDE_STORIES: readonly string[] = ["scripts", "services", "old-kernel", "binary"];

/** A ring that is not named computes. */
export const laneOf = (name: string): Lane => LANES[name] ?? "computes";

/** What `nice` is given. */
export function nicenessOf(name: string): number {
  const lane = laneOf(name);
  if (lane === "histories") return 19;
  return lane === "computes" ? 10 : 0;
}

/** Steps one after the other; in each of them lists of rings that run at the same time, each list in its order. */
export interface Schedule {
  /** From the beginning to the end. */
  readonly below: readonly (readonly Ring[])[];
  /** Those with deadlines: first the quick ones, then the stories and what may run beside them. */
  readonly above: readonly (readonly (readonly Ring[])[])[];
}

export function scheduleOf(rings: readonly Ring[]): Schedule {
  const of = (lane: Lane) => rings.filter(({ name }) => laneOf(name) === lane);
  const isBeside = ({ name }: Ring) => BESIDE_STORIES.includes(name);
  const waits = of("waits");
  return {
    below: [of("histories"), of("computes")],
    above: [[waits.filter((ring) => !isBeside(ring))], [of("stories"), waits.filter(isBeside)]],
  };
}
