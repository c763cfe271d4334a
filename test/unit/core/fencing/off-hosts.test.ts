import { describe, expect, test } from "bun:test";
import { offHosts } from "../../../../src/core/fencing/off-hosts.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import { goodView, host, incidentIn, memoryWith } from "../fixtures.ts";
import { takeOver } from "../memory/remembered.ts";

const off = (over: Partial<Memory>) => offHosts(memoryWith(over)).join(" ") || "nobody";
const proved = { proved: true };
const ofMaster = { uuid: host(1) };

describe("offHosts: a host that has failed", () => {
  const rows: readonly [string, Partial<Memory>, string][] = [
    ["nothing has been done yet", { incidents: incidentIn("open", proved) }, "nobody"],
    ["it is being fenced", { incidents: incidentIn("fencing", proved) }, "nobody"],
    ["its fence is a proof", { incidents: incidentIn("fenced", proved) }, "h3"],
    ["it merely counts as off: XAPI may still reach it", { incidents: incidentIn("fenced") }, "nobody"],
    ["XAPI did not reach it, and has declared it dead", { incidents: incidentIn("declared") }, "h3"],
    ["XAPI has reached it", { incidents: incidentIn("answered", proved) }, "nobody"],
    ["it is back", { incidents: incidentIn("returned", proved) }, "nobody"],
    [
      "the master merely counts as off: nobody can ask XAPI",
      { incidents: incidentIn("fenced", ofMaster) },
      "h1",
    ],
    ["the master is being fenced", { incidents: incidentIn("fencing", ofMaster) }, "nobody"],
    ["no master is known", { lastGood: null, incidents: incidentIn("fenced", ofMaster) }, "nobody"],
    [
      "another one is master by now",
      { lastGood: goodView({ master: host(2) }), incidents: incidentIn("fenced", ofMaster) },
      "nobody",
    ],
    [
      "several, in order of uuid",
      {
        incidents: {
          ...incidentIn("declared", { uuid: host(3) }),
          ...incidentIn("fenced", { uuid: host(2), proved: true }),
        },
      },
      "h2 h3",
    ],
  ];
  for (const [title, over, expected] of rows)
    test(`${title}: ${expected}`, () => expect(off(over)).toBe(expected));
});

describe("offHosts: the master that this host replaces", () => {
  const promotion = takeOver({ oldMaster: host(1), phase: "proved" });
  const rows: readonly [string, Partial<Memory>, string][] = [
    ["nothing else says so", { promotion }, "h1"],
    ["it was fenced, and is told once", { promotion, incidents: incidentIn("declared", ofMaster) }, "h1"],
    ["with others", { promotion, incidents: incidentIn("fenced", proved) }, "h1 h3"],
    [
      "it was declared dead, and is back",
      { promotion, incidents: incidentIn("returned", ofMaster) },
      "nobody",
    ],
    ["XAPI has reached it", { promotion, incidents: incidentIn("answered", ofMaster) }, "nobody"],
    ["it was switched on", { promotion, incidents: incidentIn("switched-on", ofMaster) }, "nobody"],
    [
      "its proof is over",
      { promotion, incidents: incidentIn("open", { ...ofMaster, offSinceMs: 5 }) },
      "nobody",
    ],
    [
      "its proof is over, and it is fenced anew",
      { promotion, incidents: incidentIn("fencing", { ...ofMaster, offSinceMs: 5 }) },
      "nobody",
    ],
    ["it has failed, and was not fenced", { promotion, incidents: incidentIn("open", ofMaster) }, "h1"],
    ["it is being fenced", { promotion, incidents: incidentIn("fencing", ofMaster) }, "h1"],
    [
      "it was fenced twice",
      { promotion, incidents: incidentIn("fenced", { ...ofMaster, offSinceMs: 5 }) },
      "h1",
    ],
    ["another one is back", { promotion, incidents: incidentIn("returned", { uuid: host(2) }) }, "h1"],
    ["there was none", { promotion: takeOver({ oldMaster: null, phase: "proved" }) }, "nobody"],
    // From then on the group counts without it, and it may come back.
    ["this host has been named in its place", { promotion: takeOver({ phase: "named" }) }, "nobody"],
    ["this host is becoming master", { promotion: takeOver({ phase: "promoting" }) }, "nobody"],
    [
      "this host has been named, and it was fenced",
      {
        promotion: takeOver({ phase: "named" }),
        incidents: incidentIn("fenced", { ...ofMaster, ...proved }),
      },
      "h1",
    ],
    ["that is over", { promoted: { oldMaster: host(1) } }, "nobody"],
  ];
  for (const [title, over, expected] of rows)
    test(`${title}: ${expected}`, () => expect(off(over)).toBe(expected));
});
