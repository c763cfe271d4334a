import { describe, expect, test } from "bun:test";
import type { IncidentPhase } from "../../../../src/core/memory/incident.ts";
import type { KnownHost } from "../../../../src/core/memory/last-good.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import { emptyMemory } from "../../../../src/core/memory/memory.ts";
import type { HostView } from "../../../../src/core/model/pool-view.ts";
import {
  allAnswers,
  askedHosts,
  mayStartByThemselves,
  restsOn,
  witnessesOf,
} from "../../../../src/core/restart/witnesses.ts";
import {
  DEAD,
  database,
  goodView,
  healthIn,
  host,
  hostView,
  knownHost,
  masterRound,
  runsThere,
  type Situation,
  three,
  vm,
} from "../fixtures.ts";
import { incidentOn } from "../memory/remembered.ts";

const WEB = vm("web");
const AT_MS = 1_000_000;

/** What h1 knows of h3, beside h2 with which all is well. */
interface Known {
  readonly h3?: Partial<KnownHost>;
  readonly record?: Partial<HostView> | null;
  readonly masterStartedAtMs?: number | null;
  readonly memory?: Partial<Memory>;
  readonly situation?: Situation;
}

function roundOf({ h3 = {}, record = {}, masterStartedAtMs = null, memory = {}, situation = {} }: Known) {
  const hosts = three().flatMap((view) => {
    if (view.uuid !== host(3)) return [view];
    return record === null ? [] : [hostView(host(3), record)];
  });
  const lastGood = goodView({
    masterStartedAtMs,
    hosts: [knownHost(host(1)), knownHost(host(2)), knownHost(host(3), h3)],
  });
  const remembered = { ...emptyMemory("boot-1"), lastGood, ...memory };
  return {
    remembered,
    round: masterRound(remembered, { database: database(hosts), nowMs: AT_MS, ...situation }),
  };
}

/** `h3 unsettled excused`, or what of it holds. */
function of3(known: Known): string {
  const { remembered, round } = roundOf(known);
  const found = witnessesOf(remembered, round.view)(WEB).find((one) => one.host === host(3));
  if (found === undefined) return "not asked";
  return [found.isUnsettled ? "unsettled" : "", found.isExcused ? "excused" : ""].join(" ").trim() || "asked";
}

describe("who is asked", () => {
  const rows: readonly [string, Known, string][] = [
    ["a host of the database", {}, "asked"],
    ["one that only the memory has", { record: null }, "asked"],
    ["one that is proved off", { memory: { incidents: { h3: incidentOn(host(3), "fenced") } } }, "not asked"],
    [
      "one that is declared dead",
      { memory: { incidents: { h3: incidentOn(host(3), "declared") } } },
      "not asked",
    ],
    ["one that has merely failed", { memory: { incidents: { h3: incidentOn(host(3), "open") } } }, "asked"],
    [
      "one that was switched on again",
      { memory: { incidents: { h3: incidentOn(host(3), "switched-on") } } },
      "asked",
    ],
    ["one that has returned", { memory: { incidents: { h3: incidentOn(host(3), "returned") } } }, "asked"],
  ];
  for (const [title, known, expected] of rows)
    test(`askedHosts: ${title}: ${expected}`, () => {
      const { remembered, round } = roundOf(known);
      expect(askedHosts(remembered, round.view).includes(host(3))).toBe(expected === "asked");
      expect(of3(known)).toBe(expected);
    });
});

describe("whose no counts after a start of the master's xapi", () => {
  const startedAtMs = AT_MS - 10_000;
  const rows: readonly [string, Known, string][] = [
    ["the master has not started in this boot", {}, "asked"],
    ["a host that was not disabled yet", { masterStartedAtMs: startedAtMs }, "unsettled"],
    ["20 s later it is enabled again", { masterStartedAtMs: AT_MS - 20_000 }, "asked"],
    [
      "enabled again four seconds ago",
      { masterStartedAtMs: startedAtMs, h3: { enabledSinceMs: AT_MS - 4_000 } },
      "unsettled",
    ],
    [
      "enabled again five seconds ago",
      { masterStartedAtMs: startedAtMs, h3: { enabledSinceMs: AT_MS - 5_000 } },
      "asked",
    ],
    [
      "its own xapi has started since",
      { masterStartedAtMs: startedAtMs, h3: { xapiStartedAtMs: startedAtMs + 1, enabledSinceMs: null } },
      "asked",
    ],
    [
      "still disabled by the start",
      {
        masterStartedAtMs: AT_MS - 59_000,
        h3: { enabled: false, disabledByStart: true, enabledSinceMs: null },
      },
      "unsettled",
    ],
    [
      "disabled by the start for a minute, and its xapi answers",
      {
        masterStartedAtMs: AT_MS - 60_000,
        h3: { enabled: false, disabledByStart: true, enabledSinceMs: null },
      },
      "asked",
    ],
    [
      "in maintenance before it",
      { masterStartedAtMs: AT_MS - 20_000, h3: { enabled: false, enabledSinceMs: null } },
      "asked",
    ],
    [
      "in maintenance, and enabled by XAPI, it is not known since when",
      {
        masterStartedAtMs: AT_MS - 20_000,
        h3: { enabled: false, enabledSinceMs: null },
        record: { enabled: false, isEnabledByXapi: true },
      },
      "unsettled",
    ],
  ];
  for (const [title, known, expected] of rows)
    test(`witnessesOf: ${title}: ${expected}`, () => expect(of3(known)).toBe(expected));
});

describe("whose silence means nothing", () => {
  const gone = { health: { h3: healthIn("failed") } };
  const seen = (atMs: number, number = 2) => ({ seenRunning: { web: { host: host(number), atMs } } });
  const heard = { heardAtMs: { h3: 900_000 } };
  const on = (switchedOnAtMs: number) => incidentOn(host(3), "switched-on", { switchedOnAtMs });
  const inMaintenance: Known = {
    h3: { enabled: false },
    record: { enabled: false },
    situation: { probes: { h3: DEAD } },
  };
  const rows: readonly [string, Known, string][] = [
    ["it has failed, and nobody has seen the VM since", { memory: { ...gone, ...heard } }, "asked"],
    [
      "the VM was seen elsewhere after its last sign of life",
      { memory: { ...gone, ...heard, ...seen(900_001) } },
      "excused",
    ],
    ["in the same round", { memory: { ...gone, ...heard, ...seen(900_000) } }, "asked"],
    ["the VM was seen on that very host", { memory: { ...gone, ...heard, ...seen(900_001, 3) } }, "asked"],
    [
      "it is only suspected",
      { memory: { health: { h3: healthIn("suspect") }, ...heard, ...seen(900_001) } },
      "asked",
    ],
    [
      "it has failed although it pings",
      { memory: { health: { h3: healthIn("failed", { pings: true }) }, ...heard, ...seen(900_001) } },
      "asked",
    ],
    [
      "this master has started since it was seen",
      { masterStartedAtMs: 950_000, memory: { ...gone, ...seen(940_000) } },
      "asked",
    ],
    [
      "it is in maintenance, and said last that it runs nothing",
      { ...inMaintenance, memory: { ...heard, emptyAtMs: heard.heardAtMs } },
      "excused",
    ],
    [
      "it is in maintenance, and ran something when it was heard last",
      { ...inMaintenance, memory: { ...heard, emptyAtMs: { h3: 800_000 } } },
      "asked",
    ],
    ["it was in maintenance, and gone, before this master was one", inMaintenance, "excused"],
    [
      "XAPI has enabled it, and may have started a VM there that no copy of the database has",
      { ...inMaintenance, record: { enabled: false, isEnabledByXapi: true } },
      "asked",
    ],
    [
      "it was switched on since, and looks as if it were in maintenance",
      { ...inMaintenance, memory: { incidents: { h3: on(900_000) } } },
      "asked",
    ],
    [
      "the VM was seen elsewhere after it was switched on",
      { memory: { ...gone, ...seen(900_001), incidents: { h3: on(900_000) } } },
      "excused",
    ],
    [
      "the VM was seen elsewhere, and it was switched on after that",
      { memory: { ...gone, ...seen(900_001), incidents: { h3: on(900_001) } } },
      "asked",
    ],
    [
      "in maintenance with a VM in the database",
      { ...inMaintenance, record: { enabled: false, residents: [{ uuid: WEB, homePool: null }] } },
      "asked",
    ],
  ];
  for (const [title, known, expected] of rows)
    test(`witnessesOf: ${title}: ${expected}`, () => expect(of3(known)).toBe(expected));
});

describe("on whose proof a start rests", () => {
  const off = (phase: IncidentPhase, { proved = true, vms = [WEB] } = {}) => ({
    h3: incidentOn(host(3), phase, { proved, vms }),
  });
  const elsewhere = { web: { host: host(2), atMs: 900_001 } };
  const rows: readonly [string, Partial<Memory>, string][] = [
    ["it was fenced", { incidents: off("fenced") }, "h3"],
    ["it was declared dead", { incidents: off("declared") }, "h3"],
    ["it counts as off by choice", { incidents: off("fenced", { proved: false }) }, ""],
    ["XAPI did not reach it, and nothing is proved", { incidents: off("declared", { proved: false }) }, ""],
    ["it has failed, so it is asked", { incidents: off("open") }, ""],
    ["it is being fenced anew, so it is asked", { incidents: off("fencing") }, ""],
    ["it was switched on again, so it is asked", { incidents: off("switched-on") }, ""],
    ["it has returned, so it is asked", { incidents: off("returned") }, ""],
    ["nobody has failed", {}, ""],
    ["the VM ran there with others", { incidents: off("declared", { vms: [vm("db"), WEB] }) }, "h3"],
    ["another VM ran there", { incidents: off("declared", { vms: [vm("db")] }) }, ""],
    [
      "nothing ran there, or all was started elsewhere since",
      { incidents: off("declared", { vms: [] }) },
      "",
    ],
    [
      "the VM was merely seen elsewhere when it was gone",
      { incidents: off("declared"), heardAtMs: { h3: 900_000 }, seenRunning: elsewhere },
      "h3",
    ],
    [
      "two hosts are off on which it ran",
      {
        incidents: {
          ...off("fenced"),
          h2: incidentOn(host(2), "declared", { proved: true, vms: [WEB] }),
          h4: incidentOn(host(4), "declared", { proved: true }),
        },
      },
      "h3 h2",
    ],
  ];
  for (const [title, memory, expected] of rows)
    test(`restsOn: ${title}: ${expected || "on nobody's"}`, () =>
      expect(restsOn(WEB, { ...emptyMemory("boot-1"), ...memory }).join(" ")).toBe(expected));
});

describe("who could start any VM by itself if it were switched on", () => {
  const off = (phase: IncidentPhase, proved = true, number = 3) => ({
    [host(number)]: incidentOn(host(number), phase, { proved }),
  });
  const promoted = { oldMaster: host(3) };
  const rows: readonly [string, Partial<Memory>, string][] = [
    ["a master that was replaced, and fenced", { promoted, incidents: off("fenced") }, "h3"],
    ["a master that was replaced, and declared dead", { promoted, incidents: off("declared") }, "h3"],
    ["a slave that was declared dead", { incidents: off("declared") }, ""],
    ["a slave, after another one was replaced", { promoted, incidents: off("declared", true, 2) }, ""],
    ["a master that counts as off by choice", { promoted, incidents: off("declared", false) }, ""],
    ["it was switched on, so it is asked", { promoted, incidents: off("switched-on") }, ""],
    ["it is being fenced anew", { promoted, incidents: off("fencing") }, ""],
    ["it has returned", { promoted, incidents: off("returned") }, ""],
    ["it is a member like any other", { promoted }, ""],
  ];
  for (const [title, memory, expected] of rows)
    test(`mayStartByThemselves: ${title}: ${expected || "nobody"}`, () =>
      expect(mayStartByThemselves({ ...emptyMemory("boot-1"), ...memory }).join(" ")).toBe(expected));
});

test("allAnswers: this host answers for itself, as one that follows the master", () => {
  const runs = new Map([[host(2), runsThere(host(1))]]);
  const { round } = roundOf({ situation: { runs, self: { domains: [WEB] } } });
  expect(allAnswers(round.view, host(1)).get(host(1))).toEqual({
    own: { role: "master", master: host(1), xapi: "serving" },
    runs: [WEB],
    atMs: null,
    bootId: null,
  });
});
