import { describe, expect, test } from "bun:test";
import type { Incident } from "../../../../src/core/memory/incident.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import type { PromotionPhase } from "../../../../src/core/memory/promotion.ts";
import type { HostUuid } from "../../../../src/core/model/ids.ts";
import type { PromotionRefusal } from "../../../../src/core/model/reason.ts";
import { becomeMaster, beginTakeOver } from "../../../../src/core/takeover/become-master.ts";
import {
  ALIVE,
  address,
  DEAD,
  database,
  goodView,
  healthIn,
  host,
  incidentIn,
  knownHost,
  MASTER,
  memoryWith,
  type Situation,
  short,
  slaveRound,
  three,
} from "../fixtures.ts";
import { hearing, OWN, peer } from "../members/hearing.ts";
import { isLedBy, NOBODY_LEADS, officeOf, type SightOver } from "../sight.ts";

const NOW_MS = 1_000_000;
const names = (over: SightOver = {}): SightOver => ({ ...over, roll: { master: host(2), ...over.roll } });
const taking = (phase: PromotionPhase, oldMaster: ReturnType<typeof host> | null = host(1)) => ({
  promotion: { oldMaster, sinceMs: 5, phase },
});
const FENCED = {
  incidents: incidentIn("fenced", { uuid: host(1), proved: true }),
  health: { h1: healthIn("failed") },
};

/** h2, whose master h1 is off, and which the group has named. */
function become(over: Partial<Memory> = {}, situation: Situation = {}) {
  const memory = memoryWith({ ...FENCED, ...taking("proved"), ...over });
  return becomeMaster(memory, slaveRound(memory, { group: names(), ...situation }));
}

describe("beginTakeOver", () => {
  const begin = (over: Partial<Memory> = {}, situation: Situation = {}) => {
    const memory = memoryWith(over);
    return beginTakeOver(memory, host(1), slaveRound(memory, situation));
  };
  test("the old master is off: that is remembered, for the group to learn it; nothing is done yet", () => {
    const step = begin();
    expect(step.memory.promotion).toEqual({ oldMaster: host(1), sinceMs: NOW_MS, phase: "proved" });
    expect([step.actions, step.reasons]).toEqual([[], []]);
  });
  test("one that is under way goes on; what a boot would forget is not begun", () => {
    expect(begin(taking("named")).memory.promotion?.phase).toBe("named");
    expect(begin({}, { isDiskWritable: false }).memory.promotion).toBeNull();
  });
  test("one from another master came to nothing", () =>
    expect(begin(taking("named", host(3))).memory.promotion).toMatchObject({
      oldMaster: host(1),
      phase: "proved",
    }));
});

describe("becomeMaster", () => {
  test("the group has named this host: XAPI is told, the proof is taken again", () => {
    const step = become();
    expect(step?.actions).toEqual([{ kind: "promote-self", rests: [host(1)], route: null }]);
    expect(step?.memory.promotion?.phase).toBe("promoting");
    expect(step?.reasons).toEqual([{ kind: "promoting", oldMaster: "h1" }]);
  });
  test("the route to the old master is blocked first, while nothing is heard of it", () => {
    const starting = { self: { initCompleteAtMs: null } };
    const route = (over: Partial<Memory>) => {
      const [action] = become({ ...taking("named"), ...over }, starting)?.actions ?? [];
      return action?.kind === "promote-self" ? action.route : action;
    };
    const recent = { promotion: { oldMaster: host(1), sinceMs: NOW_MS - 5_000, phase: "named" } } as const;
    const lastGood = goodView({ hosts: [knownHost(host(1)), knownHost(host(2))] });
    expect(route({ ...recent, lastGood })).toBe(address(host(1)));
    const assumed = incidentIn("fenced", { uuid: host(1) });
    expect(route({ ...recent, lastGood, incidents: assumed })).toBeNull();
    expect(route({ lastGood })).toBeNull();
  });
  test("asked, and a slave still: it is asked again", () =>
    expect(short(become(taking("promoting"))?.actions ?? [])).toEqual(["promote-self"]));
  test("the flag is disputed now: a take-over that has begun goes on", () => {
    const off = hearing(peer(3, { own: { ...OWN, haWished: false } }));
    expect(short(become({}, { hearing: off })?.actions ?? [])).toEqual(["promote-self"]);
  });

  const UNFENCED = { settings: { FENCE_ENABLED: false } } as const;
  const back = { incidents: {}, health: { h1: healthIn("alive") } } as const;
  const failed = { incidents: {}, health: { h1: healthIn("failed") } } as const;
  const of = (phase: Incident["phase"], proved = true) => ({
    ...failed,
    incidents: incidentIn(phase, { uuid: host(1), proved }),
  });
  const promotes: readonly [string, ReturnType<typeof become>, readonly HostUuid[]][] = [
    ["it counts as off by choice", become(of("fenced", false)), []],
    ["it was declared dead", become(of("declared")), [host(1)]],
    ["nobody is fenced by choice, and it is silent", become(failed, UNFENCED), []],
    ["it is back, and has become a slave", become(back, { probes: { h1: ALIVE(host(2)) } }), []],
    ["it has become another one's slave", become(back, { probes: { h1: ALIVE(host(3)) } }), []],
  ];
  for (const [title, step, rests] of promotes)
    test(`the old master: ${title}: it is replaced`, () =>
      expect(step?.actions).toEqual([{ kind: "promote-self", rests, route: null }]));

  const waits: readonly [string, ReturnType<typeof become>][] = [
    ["its mandate is over", become({}, { group: names({ mandateUntilMs: NOW_MS - 1 }) })],
    ["its xapi is held", become({}, { self: { heldSinceMs: 5 } })],
    ["its disk takes nothing", become({}, { isDiskWritable: false })],
    ["HA is off, as far as it knows", become({ lastGood: goodView({ haFlag: "off" }) })],
    ["nothing proves that the old master is off", become(failed)],
    ["its proof is over", become(of("open"))],
    ["it is being fenced anew", become(of("fencing"))],
    ["XAPI has reached it", become(of("answered"))],
    ["the old master is back, and is none's slave", become(back)],
    ["it is back, and says that it is master", become(back, { probes: { h1: MASTER } })],
    ["nobody is fenced by choice, and it is back", become(back, UNFENCED)],
    ["it is being promoted", become({}, { inFlight: ["promote-self"] })],
  ];
  for (const [title, step] of waits)
    test(`${title}: it waits, named`, () => {
      expect([step?.actions, step?.memory.promotion?.phase]).toEqual([[], "named"]);
    });

  const others: readonly [string, ReturnType<typeof become>][] = [
    ["the group has named the old master still", become({}, { group: names({ roll: { master: host(1) } }) })],
    ["the roll is not settled", become({}, { group: names({ roll: { settled: false } }) })],
    ["nobody leads", become({}, { group: names(NOBODY_LEADS) })],
    ["HA is off for the group", become({}, { group: names({ roll: { ha: false } }) })],
  ];
  for (const [title, step] of others)
    test(`${title}: it is nothing to this host`, () => expect(step).toBeNull());

  test("another host leads: it does nothing, and is named", () =>
    expect(become({}, { group: names(isLedBy(host(3))) })?.memory.promotion?.phase).toBe("named"));
});

describe("becomeMaster: the named host is a slave, and no host is master", () => {
  const OFFICE = officeOf(host(2));
  const masterH3 = (office: string | null): Situation => ({
    hearing: hearing(peer(3, { own: { ...OWN, role: "master", master: host(3), office } })),
  });
  const alone = (masterlessSinceMs: number | null, situation: Situation = {}, over: Partial<Memory> = {}) =>
    become({ incidents: {}, promotion: null, masterlessSinceMs, ...over }, situation);
  const LONG = NOW_MS - 20_000;
  test("after twenty seconds it becomes master again", () => {
    const step = alone(LONG);
    expect(step?.actions).toEqual([{ kind: "promote-self", rests: [], route: null }]);
    expect(step?.memory.promotion).toEqual({ oldMaster: null, sinceMs: NOW_MS, phase: "promoting" });
    expect(step?.reasons).toEqual([{ kind: "promoting", oldMaster: null }]);
  });
  const rows: readonly [string, ReturnType<typeof become>, number | null][] = [
    ["it has only just been seen", alone(null), NOW_MS],
    ["less than that ago", alone(LONG + 1), LONG + 1],
    [
      "another host says that it is master, which has written no office yet",
      alone(LONG, masterH3(null)),
      null,
    ],
    ["another host says that it is master, with the office of the roll", alone(LONG, masterH3(OFFICE)), null],
    ["it has never seen its pool", alone(LONG, {}, { lastGood: null }), LONG],
    ["its mandate is over", alone(null, { group: names({ mandateUntilMs: NOW_MS - 1 }) }), null],
  ];
  for (const [title, step, sinceMs] of rows)
    test(`${title}: it waits`, () =>
      expect([step?.actions, step?.memory.masterlessSinceMs, step?.reasons]).toEqual([[], sinceMs, []]));

  test("another host says that it is master, with an older database: it is none, and is overruled", () =>
    expect(short(alone(LONG, masterH3("0.h3.1"))?.actions ?? [])).toEqual(["promote-self"]));

  const DISPUTED = hearing(peer(3, { own: { ...OWN, haWished: false } }));
  const refusals: readonly [string, PromotionRefusal, Situation, Partial<Memory>][] = [
    ["PROMOTE_SLAVE=0", "promotion-disabled", { settings: { PROMOTE_SLAVE: false } }, {}],
    ["another host has read that HA is off", "flag-disputed", { hearing: DISPUTED }, {}],
    ["it has read that HA is off", "flag-disputed", {}, { lastGood: goodView({ haFlag: "off" }) }],
    ["its disk takes nothing", "disk-not-writable", { isDiskWritable: false }, {}],
  ];
  for (const [title, why, situation, over] of refusals)
    test(`${title}: it waits, and says so when it would have acted`, () => {
      const step = alone(LONG, situation, over);
      expect([step?.actions, step?.memory.promotion, step?.memory.masterlessSinceMs]).toEqual([
        [],
        null,
        LONG,
      ]);
      expect(step?.reasons).toEqual([{ kind: "not-promoted", master: null, why, silent: [], tie: null }]);
      expect(alone(LONG + 1, situation, over)?.reasons).toEqual([]);
    });

  test("its own xapi is served by a master, or whom it follows answers while its monitor is silent: it waits", () => {
    const memory = memoryWith({ masterlessSinceMs: NOW_MS - 60_000 });
    const round = slaveRound(memory, { group: names() });
    const served = {
      ...round,
      view: { ...round.view, database: { ok: true, value: database(three()) } as const },
    };
    const silent = hearing(peer(1, { heard: "silent", own: null }));
    const answers = slaveRound(memory, { group: names(), hearing: silent, probes: { h1: ALIVE(host(3)) } });
    for (const unclear of [served, answers]) {
      const step = becomeMaster(memory, unclear);
      expect([step?.actions, step?.memory.masterlessSinceMs]).toEqual([[], null]);
    }
    const dead = slaveRound(memory, { group: names(), hearing: silent, probes: { h1: DEAD } });
    expect(short(becomeMaster(memory, dead)?.actions ?? [])).toEqual(["promote-self"]);
  });
});
