import { type Fault, linesOf, orders, type Step } from "./orders.ts";

/** What may happen to a pool of two, and what ends it. */
const FAULTS: readonly Fault[] = [
  { begins: ["split h1 | h2"], ends: ["heal"], of: ["link"] },
  { begins: ["cut h1 > h2"], ends: ["mend h1 > h2"], of: ["h1 > h2"] },
  { begins: ["cut h2 > h1"], ends: ["mend h2 > h1"], of: ["h2 > h1"] },
  { begins: ["power h1 off"], ends: ["power h1 on"], of: ["h1"] },
  { begins: ["power h2 off"], ends: ["power h2 on"], of: ["h2"] },
];

/** The steps lie so far apart: within everybody's patience, and beyond it. */
export const APART_S = [7, 80];
/** With fence devices that prove, and with none that answers. */
export const DEVICES = ["", "30s bmc h1 dead\n30s bmc h2 dead\n"];
export const FIRST_S = 60;

/** Everything is mended: what must be so then. */
export const WHOLE = `+0s expect within 20m all-once
+0s expect within 5m united
+0s expect double-runs none
`;

const story = (steps: readonly Step[], devices: string, apartS: number): string => `
pool   two-hosts
params quick FENCE_MIN_HOSTS=2

${devices}${linesOf(steps, FIRST_S, apartS)}
${WHOLE}`;

/** Two hosts without any tie-breaker: every order of up to so many cuts, deaths and returns. */
export function* ordersOfTwo(mostFaults: number): Generator<string> {
  for (const devices of DEVICES)
    for (const steps of orders(FAULTS, mostFaults))
      if (steps.length > 0) for (const apartS of APART_S) yield story(steps, devices, apartS);
}
