import { type Fault, lasting, linesOf, orders } from "./orders.ts";
import { APART_S, DEVICES, FIRST_S, WHOLE } from "./two-hosts.ts";

/** Where hosts claim: TIE_BREAKER, and the far end of a host's link to that place. */
const PLACES = { ssh: "tie", sr: "storage" } as const;
type Kind = keyof typeof PLACES;

const linkOf = (host: string, place: string): Fault => ({
  begins: [`cut ${host} ${place}`],
  ends: [`mend ${host} ${place}`],
  of: [`${host} ${place}`],
});
const powerOf = (host: string): Fault => ({
  begins: [`power ${host} off`],
  ends: [`power ${host} on`],
  of: [host],
});
const cutOff = (host: string, place: string): Fault => ({
  begins: ["cut h1 h2", `cut ${host} ${place}`],
  ends: ["mend h1 h2", `mend ${host} ${place}`],
  of: ["h1 h2", "h1 > h2", "h2 > h1", `${host} ${place}`],
});
const oneWay = (link: string): Fault => ({
  begins: [`cut ${link}`],
  ends: [`mend ${link}`],
  of: ["h1 h2", link],
});

/** The link between the hosts, those to the place, the place itself, and the hosts. */
const few = (place: string): readonly Fault[] => [
  { begins: ["cut h1 h2"], ends: ["mend h1 h2"], of: ["h1 h2", "h1 > h2", "h2 > h1"] },
  { begins: ["tie down"], ends: ["tie up"], of: ["place"] },
  linkOf("h1", place),
  linkOf("h2", place),
  powerOf("h1"),
  powerOf("h2"),
];

/** And a host without both links, a place whose answers are lost or late, and links that are cut one way. */
const all = (place: string): readonly Fault[] => [
  ...few(place),
  cutOff("h1", place),
  cutOff("h2", place),
  { begins: ["tie deaf"], ends: ["tie up"], of: ["place"] },
  { begins: ["tie slow 5s"], ends: ["tie up"], of: ["place"] },
  oneWay("h1 > h2"),
  oneWay("h2 > h1"),
];

/** With more faults than these only the few are combined. */
const OF_ALL = 2;

const story = (kind: Kind, devices: string, lines: string): string => `
pool   two-hosts
params quick tie-${kind}

${devices}${lines}
${WHOLE}`;

/** All of it lasts until somebody has to have been told; then all is mended at once. */
function lastingLines(faults: readonly Fault[], apartS: number): string {
  const begins = faults.map((fault) => fault.begins);
  const ends = faults.flatMap((fault) => fault.ends).map((line) => `+0s ${line}`);
  return [linesOf(begins, FIRST_S, apartS), "+8m expect led-or-told", ...ends].join("\n");
}

/**
 * Two hosts and a tie-breaker: every order of up to so many cuts, deaths and returns, each fault over in the end, and then every order in
 * which they only begin.
 */
export function* tiesOfTwo(kind: Kind, mostFaults: number): Generator<string> {
  const faults = mostFaults > OF_ALL ? few(PLACES[kind]) : all(PLACES[kind]);
  for (const devices of DEVICES)
    for (const apartS of APART_S) {
      for (const steps of orders(faults, mostFaults))
        if (steps.length > 0) yield story(kind, devices, linesOf(steps, FIRST_S, apartS));
      for (const open of lasting(all(PLACES[kind]), mostFaults))
        yield story(kind, devices, lastingLines(open, apartS));
    }
}
