import { describe, expect, test } from "bun:test";
import { fingerprintPlacement } from "../../../../src/core/members/on-disk.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import type { PromotionPhase } from "../../../../src/core/memory/promotion.ts";
import type { HeardPeer, OwnState } from "../../../../src/core/model/hearing.ts";
import { OFFICE_KEY } from "../../../../src/core/model/pool-keys.ts";
import { adoptTakeOver, forgetReplaced, putTogether } from "../../../../src/core/takeover/put-together.ts";
import {
  ALIVE,
  DEAD,
  database,
  goodView,
  healthIn,
  host,
  incidentIn,
  masterRound,
  memoryWith,
  type Situation,
  said,
  three,
} from "../fixtures.ts";
import { hearing, OWN, peer } from "../members/hearing.ts";
import { takeOver } from "../memory/remembered.ts";
import { isLedBy } from "../sight.ts";

const NOW_MS = 1_000_000;
const READ = database(three());
const follows = (over: Partial<OwnState> = {}): HeardPeer => peer(2, { own: { ...OWN, ...over } });
const SILENT = peer(3, { heard: "silent" });

/** h1 has taken over from h3, which is declared dead; h2 follows it, and all of that is on disk. */
function put(over: Partial<Memory> = {}, situation: Situation = {}) {
  const memory = memoryWith({
    promotion: takeOver({ oldMaster: host(3), phase: "righting" }),
    incidents: incidentIn("declared", { proved: true }),
    health: { h2: healthIn("alive"), h3: healthIn("failed") },
    placementOnDisk: fingerprintPlacement(READ),
    ...over,
  });
  const seen = { probes: { h2: ALIVE(), h3: DEAD }, hearing: hearing(follows(), SILENT), database: READ };
  const step = putTogether(memory, masterRound(memory, { ...seen, ...situation }));
  return { phase: step.memory.promotion?.phase ?? "over", says: said(step.reasons), ...step };
}
const STARTS = { self: { initCompleteAtMs: null } };
const withOffice = (office: string) => ({
  database: {
    ...READ,
    pool: { ...READ.pool, otherConfig: { ...READ.pool.otherConfig, [OFFICE_KEY]: office } },
  },
});

describe("putTogether: is the database right", () => {
  const open = { incidents: incidentIn("fenced", { proved: true }) };
  const rows: readonly [string, ReturnType<typeof put>, string][] = [
    ["the office is there, and on disk like where VMs run", put({}, STARTS), "righted"],
    ["the old master is only fenced: its VMs are not halted yet", put(open, STARTS), "righted"],
    [
      "nothing is known of the old master, who is no host of the pool any more",
      put({ incidents: {} }, STARTS),
      "righted",
    ],
    ["the office is another one's", put({}, { ...STARTS, ...withOffice("1.h3.1") }), "righting"],
    ["where VMs run is not on disk", put({ placementOnDisk: "older" }, STARTS), "righting"],
    ["nothing was put on disk yet", put({ placementOnDisk: null }, STARTS), "righting"],
    ["it does not lead", put({}, { ...STARTS, group: isLedBy(host(2)) }), "righting"],
  ];
  for (const [title, { phase }, expected] of rows)
    test(`${title}: ${expected}`, () => expect(phase).toBe(expected as never));

  test("it says so until then, and then that members come back", () => {
    expect(put({ placementOnDisk: null }, STARTS).reasons).toEqual([
      { kind: "promotion-under-way", phase: "its pool database is being corrected" },
    ]);
    expect(put({}, STARTS).reasons).toEqual([
      { kind: "promotion-under-way", phase: "the members are reconnecting" },
    ]);
  });

  for (const phase of ["proved", "named", "promoting"] as const satisfies readonly PromotionPhase[])
    test(`${phase}, and its xapi answers as master: the database is set right now`, () => {
      const promotion = takeOver({ oldMaster: host(3), phase });
      expect(put({ promotion, placementOnDisk: null }, STARTS).phase).toBe("righting");
    });

  test("without a take-over nothing is put together", () =>
    expect(put({ promotion: null })).toMatchObject({ phase: "over", says: [], actions: [] }));
});

describe("putTogether: is the pool whole", () => {
  const righted = { promotion: takeOver({ oldMaster: host(3), phase: "righted" }) };
  const waits = (own: Partial<OwnState>) => put(righted, { hearing: hearing(follows(own), SILENT) });
  test("every member that is heard follows, and the own start is complete: it is over, and who was replaced is remembered", () => {
    const step = put(righted);
    expect(step.memory).toMatchObject({
      promotion: null,
      promoted: { oldMaster: host(3) },
      sawPoolSinceBoot: true,
    });
    expect(step.reasons).toEqual([{ kind: "promoted", oldMaster: "h3" }]);
  });
  test("in the same round in which the database has become right", () => expect(put().phase).toBe("over"));
  test("where there was no old master nobody is remembered", () => {
    const step = put({ promotion: takeOver({ oldMaster: null, phase: "righted" }), incidents: {} });
    expect(step.memory.promoted).toBeNull();
    expect(step.reasons).toEqual([{ kind: "promoted", oldMaster: null }]);
  });

  const rows: readonly [string, ReturnType<typeof put>, readonly string[]][] = [
    ["its own xapi still starts", put(righted, STARTS), []],
    ["a member's xapi is held", waits({ xapi: "held" }), ["h2"]],
    ["a member's xapi is silent", waits({ xapi: "silent" }), ["h2"]],
    ["a member's xapi has not ended its start", waits({ startComplete: false }), ["h2"]],
    ["a member follows another one", waits({ master: host(3) }), ["h2"]],
  ];
  for (const [title, step, hosts] of rows)
    test(`${title}: it goes on, and ${hosts.join() || "nobody"} is waited for`, () => {
      expect(step.phase).toBe("righted");
      const told = step.reasons.find(({ kind }) => kind === "waits-for-members");
      expect(told).toEqual(hosts.length === 0 ? undefined : { kind: "waits-for-members", hosts });
    });

  const nobody: readonly [string, Situation["hearing"], Partial<Memory>][] = [
    ["who is silent", hearing(peer(2, { heard: "silent" }), SILENT), {}],
    [
      "who is heard by report only, of whom nothing is known",
      hearing(peer(2, { heard: "reported" }), SILENT),
      {},
    ],
    [
      "who is no member",
      hearing(follows({ xapi: "silent" }), SILENT),
      { lastGood: goodView({ members: [host(1), host(3)] }) },
    ],
    ["anybody, where the monitor says nothing", "unknown", {}],
  ];
  for (const [title, heard, over] of nobody)
    test(`${title} is not waited for`, () => {
      const { reasons } = put({ ...righted, ...over }, { hearing: heard });
      expect(reasons.map(({ kind }) => kind)).not.toContain("waits-for-members");
    });
});

describe("adoptTakeOver: this host is master, and the last it knew was another one", () => {
  const adopt = (over: Partial<Memory> = {}, situation: Situation = {}) => {
    const memory = memoryWith({ lastGood: goodView({ master: host(3) }), ...over });
    return adoptTakeOver(memory, READ, masterRound(memory, situation).view).promotion;
  };
  test("its database is set right as after any other take-over", () =>
    expect(adopt()).toEqual({ oldMaster: host(3), sinceMs: NOW_MS, phase: "promoting" }));
  const rows: readonly [string, Memory["promotion"]][] = [
    ["it was this one", adopt({ lastGood: goodView() })],
    ["it knows no pool", adopt({ lastGood: null })],
    ["that was in another pool", adopt({ lastGood: goodView({ master: host(3), pool: "other" as never }) })],
    ["the group has named another host", adopt({}, { group: { roll: { master: host(2) } } })],
    ["the group is not known", adopt({}, { hearing: "unknown" })],
  ];
  for (const [title, promotion] of rows) test(`not when ${title}`, () => expect(promotion).toBeNull());
  test("one that is under way goes on", () => {
    const promotion = takeOver({ oldMaster: host(2), phase: "righted" });
    expect(adopt({ promotion })).toEqual(promotion);
  });
});

describe("forgetReplaced: the host that was replaced is remembered until it follows this one", () => {
  const remembered = (situation: Situation) => {
    const memory = memoryWith({ promoted: { oldMaster: host(3) } });
    return (
      forgetReplaced(memory, masterRound(memory, { database: READ, ...situation })).memory.promoted !== null
    );
  };
  const rows: readonly [string, Situation, boolean][] = [
    ["it is silent", { probes: { h3: DEAD } }, true],
    ["it follows another one", { probes: { h3: ALIVE(host(2)) } }, true],
    ["it follows this one", { probes: { h3: ALIVE() } }, false],
    ["the database does not have it any more", { database: database(three().slice(0, 2)) }, false],
  ];
  for (const [title, situation, expected] of rows)
    test(`${title}: ${expected ? "remembered" : "forgotten"}`, () =>
      expect(remembered(situation)).toBe(expected));
  test("nobody was replaced: nothing", () => {
    const memory = memoryWith();
    expect(forgetReplaced(memory, masterRound(memory)).memory).toBe(memory);
  });
});
