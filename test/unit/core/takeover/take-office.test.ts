import { describe, expect, test } from "bun:test";
import { OFFICE_KEY } from "../../../../src/core/model/pool-keys.ts";
import { hasOffice, takeOffice } from "../../../../src/core/takeover/take-office.ts";
import { database, host, masterRound, memoryWith, type Situation, three } from "../fixtures.ts";
import { isLedBy, NOBODY_LEADS, officeOf } from "../sight.ts";

const NOW_MS = 1_000_000;
const memory = memoryWith();

/** A database of h1 that has this office. */
function withOffice(office: string) {
  const { pool, ...rest } = database(three());
  return { ...rest, pool: { ...pool, otherConfig: { ...pool.otherConfig, [OFFICE_KEY]: office } } };
}
const writes = (situation: Situation = {}) =>
  takeOffice(memory, masterRound(memory, { database: withOffice(officeOf(host(3))), ...situation })).actions;

describe("takeOffice", () => {
  const office = { kind: "set-pool-key", key: OFFICE_KEY, value: officeOf(host(1)) } as const;
  test("the named master writes by which roll it was named over what an older one has left", () => {
    expect(writes()).toEqual([office]);
    expect(writes({ database: withOffice("") })).toEqual([office]);
  });
  test("whatever the last roll is: the office is that of the roll in which it was named", () =>
    expect(writes({ group: { roll: { office: "7.h2.3" } } })).toEqual([{ ...office, value: "7.h2.3" }]));

  const nothing: readonly [string, Situation][] = [
    ["the database has it", { database: withOffice(officeOf(host(1))) }],
    ["it is being written", { inFlight: [`set-pool-key:${OFFICE_KEY}`] }],
    ["another host is named", { group: { roll: { master: host(2) } } }],
    ["the roll is not settled", { group: { roll: { settled: false } } }],
    ["it is in no group", { group: { roll: null } }],
    ["another host leads", { group: isLedBy(host(2)) }],
    ["nobody leads", { group: NOBODY_LEADS }],
    ["its mandate is over", { group: { mandateUntilMs: NOW_MS - 1 } }],
    ["its monitor says nothing", { hearing: "unknown" }],
  ];
  for (const [title, situation] of nothing)
    test(`${title}: nothing is written`, () => expect(writes(situation)).toEqual([]));

  test("nothing of the memory changes, and nothing is said", () => {
    const step = takeOffice(memory, masterRound(memory, { database: withOffice("") }));
    expect([step.memory, step.reasons]).toEqual([memory, []]);
  });
});

describe("hasOffice", () => {
  const has = (office: string, situation: Situation = {}) =>
    hasOffice(masterRound(memory, { database: withOffice(office), ...situation }));
  const own = officeOf(host(1));
  const rows: readonly [string, boolean, boolean][] = [
    ["it is that of the roll", has(own), true],
    ["there is none", has(""), false],
    ["it is another one's", has(officeOf(host(3))), false],
    ["it is that of an earlier time", has("1.h1.1", { group: { roll: { office: "2.h1.1" } } }), false],
    ["another host is named", has(own, { group: { roll: { master: host(2) } } }), false],
    ["it does not lead", has(own, { group: isLedBy(host(2)) }), false],
    ["a newer roll is not settled yet", has(own, { group: { roll: { settled: false } } }), true],
    ["its monitor says nothing", has(own, { hearing: "unknown" }), false],
  ];
  for (const [title, found, expected] of rows) test(title, () => expect(found).toBe(expected));
});
