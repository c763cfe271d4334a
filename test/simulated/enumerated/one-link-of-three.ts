/** In seconds: shorter than anybody notices, about as long as each patience, and for long. */
const LASTS = [1, 3, 4, 5, 6, 9, 12, 20, 45, 130, 700];
/** So far into the second of the heartbeats, and into the pass of the monitors, in milliseconds. */
const BEGINS = [60_000, 60_400, 64_000, 67_700];
const LINKS = ["h1 h2", "h1 > h2", "h2 > h1", "h1 h3", "h1 > h3", "h3 > h1", "h2 h3", "h2 > h3", "h3 > h2"];

/** One link breaks for a while; later a VM of each host crashes. */
const story = (link: string, beginsMs: number, lastsS: number): string => `
pool   three-hosts
params quick

${beginsMs / 1_000}s cut ${link}
${beginsMs / 1_000 + lastsS}s mend ${link}
+30s vm vm1 crash
+0s  vm vm2 crash
+0s  vm vm3 crash
+0s  expect within 5m all-once
+3m  expect fenced none
+0s  expect declared none
+0s  expect promoted none
+0s  expect masters h1
+0s  expect united
+0s  expect all-once
`;

/** Three hosts, and any one link cut, both ways or one way, for any time: nobody is fenced, and HA goes on. */
export function* cutsOfThree(): Generator<string> {
  for (const link of LINKS)
    for (const beginsMs of BEGINS) for (const lastsS of LASTS) yield story(link, beginsMs, lastsS);
}
