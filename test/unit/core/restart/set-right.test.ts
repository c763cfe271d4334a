import { describe, expect, test } from "bun:test";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import type { HostRuns } from "../../../../src/core/model/hearing.ts";
import type { HostUuid, VmUuid } from "../../../../src/core/model/ids.ts";
import type { DomainRecord, HostView, PeerProbe } from "../../../../src/core/model/pool-view.ts";
import { setDatabaseRight } from "../../../../src/core/restart/set-right.ts";
import {
  ALIVE,
  database,
  goodView,
  host,
  hostView,
  knownHost,
  masterRound,
  memoryWith,
  runsThere,
  short,
  three,
  vm,
  XAPI_DOWN,
} from "../fixtures.ts";

const WEB = vm("web");
const MAIL = vm("mail");

/** What h1, the master, reads again of a VM: by default web, which runs on h2. */
const record = (over: Partial<DomainRecord> = {}): DomainRecord => ({
  uuid: WEB,
  name: "web",
  residentOn: host(2),
  powerState: "Running",
  busy: false,
  ...over,
});
const HALTED = record({ residentOn: null, powerState: "Halted" });

interface Case {
  readonly records?: readonly DomainRecord[];
  /** Which of h1, h2, h3 runs what; `unknown`, or no entry: it does not answer. */
  readonly runs: Readonly<Record<number, readonly VmUuid[] | "unknown">>;
  readonly memory?: Partial<Memory>;
  readonly hosts?: readonly HostView[];
  readonly mayAct?: boolean;
  /** Seconds between two looks; 60 unless a test says otherwise. */
  readonly everyS?: number;
  readonly probes?: Readonly<Record<string, PeerProbe>>;
  /** What h3 says of its xapi. */
  readonly h3?: Partial<HostRuns["own"]>;
  /** This master's own start is not complete. */
  readonly isStarting?: boolean;
}

/** What is done when it has been so for as many seconds, looked at when it began and then; and what is said. */
function after(seconds: number, given: Case) {
  const {
    records = [record()],
    runs,
    memory = {},
    hosts = three(),
    mayAct = true,
    probes = {},
    everyS = 60,
    h3 = {},
    isStarting = false,
  } = given;
  const answers = Object.entries(runs).flatMap(([number, said]): [HostUuid, HostRuns][] => {
    if (number === "1") return [];
    const answer = runsThere(host(1), said);
    return [[host(Number(number)), number === "3" ? { ...answer, own: { ...answer.own, ...h3 } } : answer]];
  });
  const round = (before: Memory, nowMs: number) =>
    masterRound(before, {
      nowMs,
      database: database(hosts),
      differing: records,
      runs: new Map(answers),
      self: { domains: runs[1] ?? [], ...(isStarting ? { initCompleteAtMs: null } : {}) },
      probes: { h2: ALIVE(), h3: ALIVE(), ...probes },
    });
  let step = setDatabaseRight(memoryWith(memory), round(memoryWith(memory), 1_000_000), mayAct);
  for (
    let atS = Math.min(everyS, seconds);
    atS > 0;
    atS = atS === seconds ? 0 : Math.min(atS + everyS, seconds)
  )
    step = setDatabaseRight(step.memory, round(step.memory, 1_000_000 + atS * 1_000), mayAct);
  return {
    does: short(step.actions),
    says: step.reasons.map(({ kind }) => kind),
    declaredDead: step.memory.declaredDead,
    actions: step.actions,
  };
}

describe("a VM runs where the database does not have it", () => {
  const elsewhere: Case = { runs: { 2: [], 3: [WEB] } };

  test("after ten seconds the database is told the host that runs it, and which one it names now", () => {
    expect(after(9, elsewhere)).toMatchObject({ does: [], says: [] });
    expect(after(10, elsewhere)).toMatchObject({
      says: ["database-wrong"],
      actions: [{ kind: "correct-database", vm: WEB, host: host(3), says: host(2) }],
    });
    const halted = { runs: { 2: [WEB], 3: [] }, records: [HALTED] };
    // Longer: it may be a start that only xenopsd knows of.
    expect(after(119, halted).does).toEqual([]);
    expect(after(120, halted).actions).toMatchObject([
      { kind: "correct-database", vm: WEB, host: host(2), says: null },
    ]);
  });

  const rows: readonly [string, Case][] = [
    ["one host does not answer", { runs: { 3: [WEB] } }],
    ["one host cannot list its domains", { runs: { 2: "unknown", 3: [WEB] } }],
    ["it is being moved, started or stopped", { ...elsewhere, records: [record({ busy: true })] }],
    [
      "it is suspended by the database",
      { ...elsewhere, records: [record({ residentOn: null, powerState: "Suspended" })] },
    ],
    [
      "its host is disabled: its own comparison is to come",
      { ...elsewhere, hosts: [hostView(host(1)), hostView(host(2)), hostView(host(3), { enabled: false })] },
    ],
    ["starts are held back", { ...elsewhere, mayAct: false }],
  ];
  for (const [what, given] of rows)
    test(`nothing is done when ${what}`, () => expect(after(60, given).does).toEqual([]));
});

describe("a VM runs on a host whose xapi is about to compare its domains, and would end it", () => {
  const off3 = [hostView(host(1)), hostView(host(2)), hostView(host(3), { enabled: false })];
  const off1 = [hostView(host(1), { enabled: false }), hostView(host(2)), hostView(host(3))];
  const held: Case = { runs: { 2: [], 3: [WEB] }, h3: { xapi: "held" }, hosts: off3 };
  const starting: Case = { runs: { 1: [WEB], 2: [], 3: [] }, isStarting: true, hosts: off1 };

  const atOnce: readonly [string, Case, HostUuid][] = [
    ["its xapi is held, and it is disabled", held, host(3)],
    [
      "its xapi is held, and follows another one still",
      { ...held, h3: { xapi: "held", master: host(2) } },
      host(3),
    ],
    ["it is this master, whose own start is not complete", starting, host(1)],
  ];
  for (const [title, given, on] of atOnce)
    test(`${title}: the database is set right at once`, () =>
      expect(after(0, given)).toMatchObject({
        says: ["database-wrong"],
        actions: [{ kind: "correct-database", vm: WEB, host: on, says: host(2) }],
      }));

  const later: readonly [string, Case][] = [
    ["its xapi serves", { ...held, h3: { xapi: "serving" } }],
    ["its xapi starts", { ...held, h3: { xapi: "starting" } }],
    ["it is this master, whose start is complete", { ...starting, isStarting: false }],
    ["this master starts, and it runs on another host", { ...held, h3: {}, isStarting: true }],
  ];
  for (const [title, given] of later)
    test(`${title}: as before, when it has lasted and its host is enabled`, () => {
      expect(after(9, given)).toMatchObject({ does: [], says: [] });
      expect(after(60, given).does).toEqual([]);
      expect(after(10, { ...given, hosts: three() }).actions).toMatchObject([
        { kind: "correct-database", vm: WEB },
      ]);
    });

  // The comparison adopts what is resident nowhere: there is nothing to be right about before.
  for (const [title, given] of [
    ["a held host", held],
    ["a held host that is enabled still", { ...held, hosts: three() }],
    ["this master, which starts", starting],
  ] as const)
    test(`${title}, and the database calls the VM halted: it is left alone there`, () => {
      const halted = { ...given, records: [HALTED] };
      expect(after(0, halted)).toMatchObject({ does: [], says: [] });
      expect(after(600, halted).does).toEqual([]);
    });

  const not: readonly [string, Case][] = [
    ["it runs twice", { ...held, runs: { 2: [WEB], 3: [WEB] } }],
    ["another host has not answered", { ...held, runs: { 3: [WEB] } }],
    ["another host cannot list its domains", { ...held, runs: { 2: "unknown", 3: [WEB] } }],
    ["something is under way on it", { ...held, records: [record({ busy: true })] }],
    ["this master may not act", { ...held, mayAct: false }],
  ];
  for (const [title, given] of not) test(`not when ${title}`, () => expect(after(0, given).does).toEqual([]));
});

describe("a VM runs nowhere, and the database has it on h2", () => {
  test("after two minutes XAPI of h2 is restarted, whose comparison sets it right", () => {
    expect(after(119, { runs: { 2: [], 3: [] } }).does).toEqual([]);
    expect(after(120, { runs: { 2: [], 3: [] } })).toMatchObject({
      does: ["restart-xapi h2"],
      says: ["database-wrong"],
    });
  });

  const gone: Case = { runs: { 2: [], 3: [] } };
  const rows: readonly [string, Case][] = [
    [
      "its xapi has started a moment ago, and is at its own comparison",
      {
        ...gone,
        memory: {
          lastGood: goodView({
            hosts: [
              knownHost(host(1)),
              knownHost(host(2), { xapiStartedAtMs: 1_001_000 }),
              knownHost(host(3)),
            ],
          }),
        },
      },
    ],
    [
      "h2 is in maintenance, for the restart would enable it",
      { ...gone, hosts: [hostView(host(1)), hostView(host(2), { enabled: false }), hostView(host(3))] },
    ],
    ["XAPI of h2 does not answer", { ...gone, probes: { h2: XAPI_DOWN } }],
    [
      "another host's xapi was restarted half a minute ago",
      {
        ...gone,
        memory: { retries: { "restart-xapi:h3": { failures: 0, notBeforeMs: 1_000_000 + 390_000 } } },
      },
    ],
    ["nobody has looked for longer than two minutes", { ...gone, everyS: 121 }],
  ];
  for (const [what, given] of rows)
    test(`not when ${what}`, () =>
      expect(after(given.everyS === undefined ? 120 : 250, given).does).toEqual([]));

  test("not the master's own, and not that of two hosts at once", () => {
    expect(after(120, { ...gone, records: [record({ residentOn: host(1) })] }).does).toEqual([]);
    const mail = record({ uuid: MAIL, residentOn: host(3) });
    expect(after(120, { ...gone, records: [record(), mail] }).does).toEqual(["restart-xapi h2"]);
  });

  test("not when h2 or another host has not answered", () => {
    expect(after(600, { runs: { 3: [] } }).does).toEqual([]);
    expect(after(600, { runs: { 2: [] } }).does).toEqual([]);
  });
});

describe("a VM runs twice", () => {
  const twice: Case = { runs: { 2: [WEB], 3: [WEB] } };
  const left = (vms: readonly VmUuid[], restartedAtMs: number | null = null) => ({
    [host(3)]: { vms, restartedAtMs },
  });
  const declaredDead = left([WEB]);

  test("nothing is ended, and it is told", () => {
    expect(after(9, twice).says).toEqual([]);
    expect(after(10, twice)).toMatchObject({ does: [], says: ["vm-runs-twice"] });
    expect(after(600, twice).does).toEqual([]);
  });

  test("the copy that a failover has left behind is ended by the comparison of its host", () => {
    expect(after(10, { ...twice, memory: { declaredDead } })).toMatchObject({
      does: ["restart-xapi h3"],
      says: ["leftover-found"],
    });
  });

  test("once: a minute later it is a double like any other", () => {
    const restarted = { ...twice, memory: { declaredDead: left([WEB], 960_000) } };
    expect(after(10, restarted)).toMatchObject({ does: [], says: ["leftover-found"] });
    expect(after(20, restarted)).toMatchObject({ does: [], says: ["vm-runs-twice"] });
  });

  const rows: readonly [string, Case][] = [
    [
      "the database has the VM on that very host",
      { runs: { 2: [WEB], 3: [WEB] }, records: [record({ residentOn: host(3) })] },
    ],
    ["the database calls the VM halted", { ...twice, records: [HALTED] }],
    ["it runs on a third host as well", { runs: { 1: [WEB], 2: [WEB], 3: [WEB] } }],
    ["it is another VM than those of the failover", { ...twice, memory: { declaredDead: left([MAIL]) } }],
    ["the VM is being moved", { ...twice, records: [record({ busy: true })] }],
    ["XAPI of that host does not answer", { ...twice, probes: { h3: XAPI_DOWN } }],
    ["XAPI of the other host does not answer", { ...twice, probes: { h2: XAPI_DOWN } }],
    [
      "that host is offline for XAPI",
      { ...twice, hosts: [hostView(host(1)), hostView(host(2)), hostView(host(3), { live: false })] },
    ],
  ];
  for (const [what, given] of rows)
    test(`not when ${what}`, () =>
      expect(after(60, { ...given, memory: { declaredDead, ...given.memory } }).does).toEqual([]));

  test("the failover is over when its host has said that it runs none of its VMs", () => {
    expect(after(0, { runs: { 3: [WEB] }, memory: { declaredDead } }).declaredDead).toEqual(declaredDead);
    expect(after(0, { runs: { 3: "unknown" }, memory: { declaredDead } }).declaredDead).toEqual(declaredDead);
    expect(after(0, { runs: { 2: [] }, memory: { declaredDead } }).declaredDead).toEqual(declaredDead);
    expect(after(0, { runs: { 3: [MAIL] }, memory: { declaredDead } }).declaredDead).toEqual({});
  });
});
