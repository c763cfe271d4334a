/** What may happen to a pool of two, and what ends it. */
const FAULTS = {
  "split h1 | h2": "heal",
  "cut h1 > h2": "mend h1 > h2",
  "cut h2 > h1": "mend h2 > h1",
  "power h1 off": "power h1 on",
  "power h2 off": "power h2 on",
} as const;
type Fault = keyof typeof FAULTS;
const ALL = Object.keys(FAULTS) as Fault[];

/** Every order in which up to `most` faults begin and end, all of them over in the end. */
function* orders(most: number, open: readonly Fault[] = []): Generator<readonly string[]> {
  if (open.length === 0) yield [];
  if (most > 0)
    for (const fault of ALL.filter((one) => !open.includes(one)))
      for (const rest of orders(most - 1, [...open, fault])) yield [fault, ...rest];
  for (const fault of open) {
    const others = open.filter((one) => one !== fault);
    for (const rest of orders(most, others)) yield [FAULTS[fault], ...rest];
  }
}

/** The steps lie so far apart: within everybody's patience, and beyond it. */
const APART_S = [7, 80];
/** With fence devices that prove, and with none that answers. */
const DEVICES = ["", "30s bmc h1 dead\n30s bmc h2 dead\n"];

const story = (steps: readonly string[], devices: string, apartS: number): string => `
pool   two-hosts
params quick FENCE_MIN_HOSTS=2

${devices}${steps.map((step, index) => `${60 + index * apartS}s ${step}`).join("\n")}
+0s expect within 20m all-once
+0s expect within 5m united
+0s expect double-runs none
`;

/** Two hosts without any tie-breaker: every order of up to so many cuts, deaths and returns. */
export function* ordersOfTwo(mostFaults: number): Generator<string> {
  for (const devices of DEVICES)
    for (const steps of orders(mostFaults))
      if (steps.length > 0) for (const apartS of APART_S) yield story(steps, devices, apartS);
}
