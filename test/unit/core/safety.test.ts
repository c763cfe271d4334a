import { describe, expect, test } from "bun:test";
import { openIncident } from "../../../src/core/fencing/incident.ts";
import type { Incident } from "../../../src/core/memory/incident.ts";
import type { LastGoodView } from "../../../src/core/memory/last-good.ts";
import { emptyMemory, type Memory } from "../../../src/core/memory/memory.ts";
import type { PromotionPhase } from "../../../src/core/memory/promotion.ts";
import { differenceKey } from "../../../src/core/memory/seen-running.ts";
import type { Action, Asked } from "../../../src/core/model/action.ts";
import { applianceUuid } from "../../../src/core/model/ids.ts";
import type { CoreSettings } from "../../../src/core/model/settings.ts";
import { assertSafe } from "../../../src/core/safety.ts";
import {
  FLAG,
  fenceOf,
  host,
  knownHost,
  masterRound,
  POOL,
  SETTINGS,
  type Situation,
  vm,
} from "./fixtures.ts";
import { hearing, peer } from "./members/hearing.ts";
import { takeOver } from "./memory/remembered.ts";
import { isLedBy, NOBODY_LEADS, type SightOver } from "./sight.ts";

const SEEN: LastGoodView = {
  atMs: 0,
  pool: POOL,
  poolName: "pool",
  master: host(1),
  masterStartedAtMs: null,
  without: [],
  office: null,
  disarm: [],
  forgotten: [],
  haFlag: "on",
  hosts: [],
  members: [],
  ranking: [],
  addressesAtMs: null,
  parameters: "",
  changes: null,
};
const health = {
  state: "failed",
  sinceMs: 0,
  failedRetries: 2,
  lastRetryMs: 0,
  xapiSilentSinceMs: 0,
  pings: false,
} as const;
const memory = (over: Partial<Memory> = {}): Memory => ({ ...emptyMemory("boot"), lastGood: SEEN, ...over });
const incident = (phase: Incident["phase"]) => ({ h2: { ...openIncident(host(2), 0), phase } });
const provedOff = (phase: Incident["phase"]) => ({ h2: { ...incident(phase).h2, proved: true } });
const promotion = takeOver({ oldMaster: host(2), phase: "promoting" });
const inPhase = (phase: PromotionPhase) => memory({ promotion: takeOver({ oldMaster: host(2), phase }) });

const asked = (...hosts: number[]): Asked => ({
  vm: vm("a"),
  witnesses: hosts.map((number) => ({ host: host(number), isUnsettled: false, isExcused: false })),
});
const two: LastGoodView = { ...SEEN, hosts: [knownHost(host(1)), knownHost(host(2))] };
const startOf = (...asks: Asked[]): Action => ({
  kind: "start-vm",
  vm: vm("a"),
  name: "a",
  candidates: [],
  asks,
  rests: [],
  unlessOn: [],
});
const start = startOf(asked(1, 2));
const correct: Action = {
  kind: "correct-database",
  vm: vm("a"),
  host: host(2),
  says: null,
  ask: asked(1, 2),
};
const told = (on: number) => ({
  a: { what: differenceKey("elsewhere", [host(on)], null), sinceMs: 0, seenAtMs: 0, isTried: false },
});
const restart = (number: number, ...mayEnd: string[]): Action => ({
  kind: "restart-xapi",
  host: host(number),
  mayEnd: mayEnd.map(vm),
});
const left = { h2: { vms: [vm("a")], restartedAtMs: null } };
const fetch: Action = { kind: "fetch-database", host: host(2), master: host(1), changes: 8 };
const fence = fenceOf(host(2));
const declare: Action = { kind: "declare-host-dead", host: host(2), proved: true };
const promote: Action = { kind: "promote-self", rests: [], route: null };
const switchOn: Action = { kind: "switch-on-host", host: host(2) };
const reboot: Action = { kind: "reboot-self" };
const lone = { ...SETTINGS, FENCE_REBOOT_LONE_HOST: true };

describe("assertSafe", () => {
  const rows: readonly [string, Action, Memory, typeof SETTINGS, boolean][] = [
    ["a start", start, memory(), SETTINGS, true],
    ["a start while HA is off", start, memory({ lastGood: { ...SEEN, haFlag: "off" } }), SETTINGS, false],
    ["a start while HA is unset", start, memory({ lastGood: { ...SEEN, haFlag: "unset" } }), SETTINGS, false],
    ["a start that was never told of a pool", start, memory({ lastGood: null }), SETTINGS, false],
    ["a start of which every host is asked", start, memory({ lastGood: two }), SETTINGS, true],
    ["a start of which nobody is asked", startOf(), memory(), SETTINGS, false],
    ["a start of which one host is not asked", startOf(asked(1)), memory({ lastGood: two }), SETTINGS, false],
    [
      "a start of which a host that is off is not asked",
      startOf(asked(1)),
      memory({ lastGood: two, incidents: incident("declared") }),
      SETTINGS,
      true,
    ],
    [
      "a start of which a host that is still being fenced is not asked",
      startOf(asked(1)),
      memory({ lastGood: two, incidents: incident("fencing") }),
      SETTINGS,
      false,
    ],
    [
      "a start of which a forgotten host is not asked",
      startOf(asked(1, 2)),
      memory({ lastGood: { ...two, forgotten: [knownHost(host(3))] } }),
      SETTINGS,
      false,
    ],
    [
      "a database set right that differs",
      correct,
      memory({ lastGood: two, differences: told(2) }),
      SETTINGS,
      true,
    ],
    [
      "one that differs in another way",
      correct,
      memory({ lastGood: two, differences: told(1) }),
      SETTINGS,
      false,
    ],
    ["one that nobody has told", correct, memory({ lastGood: two }), SETTINGS, false],
    [
      "a comparison that may end what a failover left behind",
      restart(2, "a"),
      memory({ declaredDead: left }),
      SETTINGS,
      true,
    ],
    [
      "a comparison that may end another VM",
      restart(2, "a", "b"),
      memory({ declaredDead: left }),
      SETTINGS,
      false,
    ],
    ["a comparison that ends nothing", restart(2), memory(), SETTINGS, true],
    ["a comparison of the master itself", restart(1), memory(), SETTINGS, false],
    ["a copy of the database", fetch, memory(), SETTINGS, true],
    [
      "a copy of the database while HA is off",
      fetch,
      memory({ lastGood: { ...SEEN, haFlag: "off" } }),
      SETTINGS,
      false,
    ],
    ["a start before XAPI is master", start, inPhase("promoting"), SETTINGS, false],
    ["a start while its pool database is being corrected", start, inPhase("righting"), SETTINGS, false],
    ["a start while members are coming back", start, inPhase("righted"), SETTINGS, true],
    [
      "a fence that is remembered",
      fence,
      memory({ health: { h2: health }, incidents: incident("fencing") }),
      SETTINGS,
      true,
    ],
    ["a fence that is not", fence, memory({ health: { h2: health } }), SETTINGS, false],
    [
      "a fence of a suspect",
      fence,
      memory({ health: { h2: { ...health, state: "suspect" } }, incidents: incident("fencing") }),
      SETTINGS,
      false,
    ],
    [
      "a fence with FENCE_ENABLED=0",
      fence,
      memory({ health: { h2: health }, incidents: incident("fencing") }),
      { ...SETTINGS, FENCE_ENABLED: false },
      false,
    ],
    ["a declaration after the fence", declare, memory({ incidents: incident("fenced") }), SETTINGS, true],
    ["a declaration before it", declare, memory({ incidents: incident("fencing") }), SETTINGS, false],
    [
      "a take-over after the fence",
      promote,
      memory({ promotion, incidents: incident("fenced") }),
      SETTINGS,
      true,
    ],
    [
      "a take-over on a proof that is taken again",
      { ...promote, rests: [host(2)] },
      memory({ promotion, incidents: provedOff("fenced") }),
      SETTINGS,
      true,
    ],
    [
      "a take-over on a proof that is not taken again",
      promote,
      memory({ promotion, incidents: provedOff("fenced") }),
      SETTINGS,
      false,
    ],
    [
      "a take-over on the proof of another host",
      { ...promote, rests: [host(3)] },
      memory({ promotion, incidents: provedOff("fenced") }),
      SETTINGS,
      false,
    ],
    [
      "a host that is off is switched on",
      switchOn,
      memory({ incidents: provedOff("declared") }),
      SETTINGS,
      true,
    ],
    [
      "one of which XAPI does not know that it was off",
      switchOn,
      memory({ incidents: provedOff("fenced") }),
      SETTINGS,
      false,
    ],
    [
      "one that was switched on already",
      switchOn,
      memory({ incidents: incident("switched-on") }),
      SETTINGS,
      false,
    ],
    ["one that has not failed is switched on", switchOn, memory(), SETTINGS, false],
    [
      "a take-over from one whose proof is over since",
      promote,
      memory({ promotion, incidents: provedOff("open") }),
      SETTINGS,
      false,
    ],
    [
      "a take-over where no host is master",
      promote,
      memory({ promotion: takeOver({ oldMaster: null, phase: "promoting" }) }),
      SETTINGS,
      true,
    ],
    [
      "a take-over without a memory of it",
      promote,
      memory({ incidents: incident("fenced") }),
      SETTINGS,
      false,
    ],
    [
      "a take-over without fencing, by choice",
      promote,
      memory({ promotion }),
      { ...SETTINGS, FENCE_ENABLED: false },
      true,
    ],
    [
      "a reboot that is remembered",
      reboot,
      memory({ isolation: { sinceMs: 0, rebooted: true, wellSinceMs: null } }),
      lone,
      true,
    ],
    [
      "a reboot that is not",
      reboot,
      memory({ isolation: { sinceMs: 0, rebooted: false, wellSinceMs: null } }),
      lone,
      false,
    ],
    [
      "a reboot nobody asked for",
      reboot,
      memory({ isolation: { sinceMs: 0, rebooted: true, wellSinceMs: null } }),
      SETTINGS,
      false,
    ],
  ];
  for (const [title, action, seen, settings, safe] of rows) {
    test(`${title}: ${safe ? "allowed" : "a bug"}`, () => {
      const check = () => assertSafe([action], seen, masterRound(seen, { settings }));
      if (safe) expect(check).not.toThrow();
      else expect(check).toThrow("Broken invariant");
    });
  }
});

describe("assertSafe: who acts", () => {
  const seen = memory({
    health: { h2: health },
    incidents: incident("fencing"),
    differences: told(2),
    lastGood: two,
  });
  const fenced = memory({ incidents: incident("fenced") });
  const check = (action: Action, { situation, ...over }: { situation?: Situation } & Partial<Memory> = {}) =>
    expect(() => assertSafe([action], { ...seen, ...over }, masterRound(seen, situation)));
  const asksBoth = { ...start, asks: [asked(1, 2)] };
  const leaders: readonly [Action, Partial<Memory>][] = [
    [asksBoth, {}],
    [
      {
        kind: "start-appliance",
        appliance: applianceUuid("ap"),
        name: "ap",
        asks: [asked(1, 2)],
        rests: [],
        unlessOn: [],
      },
      {},
    ],
    [declare, { incidents: fenced.incidents }],
    [{ kind: "forget-host", host: host(2), name: "h2" }, {}],
    [switchOn, { incidents: incident("declared") }],
    [{ kind: "enable-host", host: host(2) }, {}],
    [restart(2), {}],
    [correct, {}],
    [promote, { promotion, incidents: fenced.incidents }],
  ];
  const without: readonly [string, SightOver][] = [
    ["another host leads", isLedBy(host(2))],
    ["nobody leads", NOBODY_LEADS],
    ["its mandate is over", { mandateUntilMs: 999_999 }],
  ];
  for (const [action, over] of leaders) {
    test(`${action.kind}: by the leader alone`, () => {
      check(action, over).not.toThrow();
      for (const [, group] of without)
        check(action, { ...over, situation: { group } }).toThrow(`${action.kind} without a mandate`);
      check(action, { ...over, situation: { hearing: "unknown" } }).toThrow("without a mandate");
    });
  }

  const anybodys: readonly Action[] = [
    fetch,
    { kind: "mark-host", host: host(1), key: FLAG, value: "master" },
    { kind: "set-pool-key", key: "k", value: "v" },
    { kind: "store-database", master: host(1), placement: "abc", changes: 8 },
  ];
  for (const action of anybodys) {
    test(`${action.kind}: by anybody`, () =>
      check(action, { situation: { hearing: "unknown" } }).not.toThrow());
  }

  describe("a fence without a mandate", () => {
    const tie = { group: { ...NOBODY_LEADS, roll: { hosts: [host(1), host(2)] } } };
    const chosen = { ...fence, byLeader: false };
    const ips = { heuristics: "all-answered" } as const;
    const anyVotes: Partial<CoreSettings> = { FENCE_QUORUM_REQUIRED: false };
    const rows: readonly [string, Action, Situation, boolean, string | null][] = [
      ["nobody has chosen that", chosen, tie, true, "unless the administrator has chosen that"],
      ["no votes are required", chosen, { ...tie, settings: anyVotes }, true, null],
      ["the heuristic IPs break the tie", chosen, { ...tie, ...ips }, true, null],
      ["not for who was away", chosen, { ...tie, ...ips }, false, "unless the administrator has chosen that"],
      [
        "the other half is heard, and so there is no tie",
        chosen,
        { ...tie, ...ips, hearing: hearing(peer(2)) },
        true,
        "unless the administrator has chosen that",
      ],
      [
        "and not in the leader's name",
        fence,
        { ...tie, ...ips, settings: anyVotes },
        true,
        "a fence of the leader needs its mandate",
      ],
    ];
    for (const [title, action, situation, sawPoolSinceBoot, bug] of rows) {
      test(`${title}: ${bug ?? "allowed"}`, () => {
        const expected = check(action, { sawPoolSinceBoot, situation });
        if (bug === null) expected.not.toThrow();
        else expected.toThrow(bug);
      });
    }
  });

  test("a fence by the leader, when the heuristic IPs decide a tie against it: a bug", () => {
    const tie = { group: { roll: { hosts: [host(1), host(2)] } }, heuristics: "not-all-answered" } as const;
    check(fence, { sawPoolSinceBoot: true, situation: tie }).toThrow("Broken invariant");
    check(fence, { sawPoolSinceBoot: true, situation: { ...tie, heuristics: "not-asked" } }).not.toThrow();
  });
});
