import { describe, expect, test } from "bun:test";
import { stepStop, waitsForOthers, wereTooManyFenced } from "../../../../src/core/fencing/brakes.ts";
import type { Incident } from "../../../../src/core/memory/incident.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import type { HostUuid } from "../../../../src/core/model/ids.ts";
import {
  goodView,
  healthIn,
  host,
  incidentIn,
  knownHost,
  masterRound,
  memoryWith,
  type Situation,
} from "../fixtures.ts";

const MIN_MS = 60_000;
const NOW_MS = 100 * MIN_MS;
const range = (count: number) => Array.from({ length: count }, (_, index) => host(index + 1));

/** A pool of so many hosts, which are all on the roll unless the situation says otherwise. */
function pool(count: number, over: Partial<Memory> = {}, situation: Situation = {}) {
  const hosts = range(count);
  const lastGood = goodView({ hosts: hosts.map((uuid) => knownHost(uuid)), members: hosts });
  const memory = memoryWith({ lastGood, ...over });
  const { view } = masterRound(memory, { nowMs: NOW_MS, group: { roll: { hosts } }, ...situation });
  return { memory, view };
}

const resumedAt = (min: number): Situation => ({ fencingResumedAtMs: min * MIN_MS });
const onRoll = (...numbers: readonly number[]): Situation => ({
  group: { roll: { hosts: numbers.map(host) } },
});

/** Hosts that have failed and when, in minutes. */
const failedAt = (times: Readonly<Record<number, number>>) =>
  Object.fromEntries(
    Object.entries(times).map(([number, min]) => [
      host(Number(number)),
      healthIn("failed", { sinceMs: min * MIN_MS }),
    ]),
  );

/** h2, h3 and so on were fenced at these minutes. */
const fencedAt = (...minutes: readonly number[][]) => ({
  fencedAtMs: Object.fromEntries(
    minutes.map((times, index): [HostUuid, readonly number[]] => [
      host(index + 2),
      times.map((min) => min * MIN_MS),
    ]),
  ),
});

const incidents = (...phases: readonly (readonly [number, Incident["phase"]])[]) =>
  Object.assign(
    {},
    ...phases.map(([number, phase]) => incidentIn(phase, { uuid: host(number), openedAtMs: 0 })),
  );

describe("waitsForOthers: more than a third of the hosts, two at least, have failed within two minutes", () => {
  const waits = ({ memory, view }: ReturnType<typeof pool>) => waitsForOthers(host(9), memory, view);
  const rows: readonly [
    what: string,
    hosts: number,
    failed: Readonly<Record<number, number>>,
    yes: boolean,
  ][] = [
    ["one of two", 2, { 2: 99 }, false],
    ["one of three", 3, { 2: 99 }, false],
    ["two of three", 3, { 2: 99, 3: 99 }, true],
    ["two of five", 5, { 2: 98, 3: 100 }, true],
    ["two of five, later than that", 5, { 2: 97.9, 3: 100 }, false],
    ["two of six are no more than a third", 6, { 2: 99, 3: 99 }, false],
    ["three of six", 6, { 2: 97, 3: 98, 4: 99 }, true],
    ["three of six, never more than two together", 6, { 2: 96, 3: 97.5, 4: 99 }, false],
    ["long ago, and they are still dead", 3, { 2: 10, 3: 11 }, true],
  ];
  for (const [what, count, failed, yes] of rows)
    test(`waitsForOthers: ${what}: ${yes}`, () =>
      expect(waits(pool(count, { health: failedAt(failed) }))).toBe(yes));

  test("waitsForOthers: one that was fenced has left the roll, and has failed with the others all the same", () => {
    const declared = incidentIn("declared", { uuid: host(2), openedAtMs: 98 * MIN_MS });
    const failed = { incidents: declared, health: failedAt({ 3: 99 }) };
    expect(waits(pool(5, failed, onRoll(1, 3, 4, 5)))).toBe(true);
  });

  test("waitsForOthers: one that has returned has not failed", () => {
    const returned = incidentIn("returned", { uuid: host(2), openedAtMs: 98 * MIN_MS });
    expect(waits(pool(5, { incidents: returned, health: failedAt({ 3: 99 }) }))).toBe(false);
  });
});

describe("waitsForOthers: with the fences that are under way more than half are fenced", () => {
  const waits = (under: Readonly<Record<string, Incident>>, over = {}, situation: Situation = {}) => {
    const { memory, view } = pool(
      8,
      { ...fencedAt([95], [96], [97], [98]), incidents: under, ...over },
      situation,
    );
    return waitsForOthers(host(8), memory, view);
  };
  test("with one of four that were fenced of eight, and not without it", () => {
    expect([waits(incidents([7, "fencing"])), waits(incidents([7, "open"])), waits({})]).toEqual([
      true,
      false,
      false,
    ]);
    expect(waits(incidents([7, "fencing"]), fencedAt([95], [96], [97]))).toBe(false);
  });
  test("not by its own, which was begun before and has no end", () =>
    expect(waits(incidents([8, "fencing"]))).toBe(false));
  test("nor by one that is off the roll: it has been off for long", () =>
    expect(waits(incidents([7, "fencing"]), {}, onRoll(1, 6, 8))).toBe(false));
});

describe("wereTooManyFenced: more than half of the pool's hosts within ten minutes", () => {
  test("half is not more than half", () => {
    expect(tooMany(pool(4, fencedAt([95], [96])))).toBe(false);
    expect(tooMany(pool(4, fencedAt([95], [96], [97])))).toBe(true);
    expect(tooMany(pool(3, fencedAt([95], [96])))).toBe(true);
  });
  test("one host that is fenced again and again is one host", () =>
    expect(tooMany(pool(2, fencedAt([92, 96])))).toBe(false));
  test("of longer ago it does not count", () => expect(tooMany(pool(3, fencedAt([90], [96])))).toBe(false));
  test("what was before a person's word does not count", () => {
    expect(tooMany(pool(3, fencedAt([95], [96]), resumedAt(97)))).toBe(false);
    expect(tooMany(pool(3, fencedAt([95, 98], [99]), resumedAt(97)))).toBe(true);
  });
  test("one of them that is off the roll is no further one, also when it has stopped", () => {
    const stopped = { fencingStoppedSinceMs: 5 };
    expect(tooMany(pool(3, fencedAt([95], [96]), onRoll(1)), host(2))).toBe(false);
    expect(tooMany(pool(3, { ...fencedAt([95], [96]), ...stopped }, onRoll(1)), host(2))).toBe(false);
    expect(tooMany(pool(3, { ...fencedAt([85], [96]), ...stopped }, onRoll(1)), host(2))).toBe(true);
  });
  test("one of them that is on the roll again is a further one", () =>
    expect(tooMany(pool(3, fencedAt([95], [96]), onRoll(1, 2)), host(2))).toBe(true));
  test("one that was fenced and forgotten was a host of the pool", () =>
    expect(tooMany(pool(3, { fencedAtMs: { h8: [95 * MIN_MS], h9: [96 * MIN_MS] } }), host(2))).toBe(false));
  test("what has stopped does not go on by itself", () =>
    expect(tooMany(pool(5, { fencingStoppedSinceMs: 5 }))).toBe(true));
});

const tooMany = ({ memory, view }: ReturnType<typeof pool>, of = host(9)) =>
  wereTooManyFenced(of, memory, view);

describe("stepStop", () => {
  const stopped = { fencingStoppedSinceMs: 95 * MIN_MS, incidents: incidents([3, "open"]) };
  /** Since when fencing has stopped, and when somebody waited last, in minutes. */
  const stop = (over: Partial<Memory> = {}, situation: Situation = {}) => {
    const { memory, view } = pool(3, { ...stopped, ...over }, situation);
    const { fencingStoppedSinceMs, unfencedAtMs } = stepStop(memory, view);
    return [fencingStoppedSinceMs, unfencedAtMs].map((atMs) => atMs && atMs / MIN_MS);
  };
  const LASTS = [95, 100];
  const OVER = [null, null];
  test("until a person says so", () => {
    expect([stop(), stop({}, resumedAt(94))]).toEqual([LASTS, LASTS]);
    expect([stop({}, resumedAt(95)), stop({}, resumedAt(99))]).toEqual([OVER, OVER]);
  });
  test("or nobody has waited for ten minutes, since it has stopped at least", () => {
    const nobody = (unfencedAtMin: number | null, sinceMin = 80) =>
      stop({
        incidents: {},
        fencingStoppedSinceMs: sinceMin * MIN_MS,
        unfencedAtMs: unfencedAtMin && unfencedAtMin * MIN_MS,
      });
    expect([nobody(90.1), nobody(90)]).toEqual([[80, 90.1], OVER]);
    expect([nobody(null, 90.1), nobody(null, 90)]).toEqual([[90.1, 90.1], OVER]);
  });
  // [who has failed, whether that keeps it stopped]
  const rows: readonly [string, Partial<Memory>, boolean][] = [
    ["it is being fenced", { incidents: incidents([3, "fencing"]) }, true],
    ["it is off", { incidents: incidents([3, "declared"]) }, false],
    ["it has failed, and nothing was begun", { incidents: {}, health: failedAt({ 3: 95 }) }, false],
    ["it was removed from the pool", { incidents: incidents([9, "open"]) }, false],
    [
      "it was disabled, so nobody may fence it",
      {
        lastGood: goodView({
          hosts: [knownHost(host(1)), knownHost(host(3), { enabled: false })],
          members: [host(1)],
        }),
      },
      false,
    ],
  ];
  for (const [what, over, yes] of rows)
    test(`stepStop: ${what}: ${yes ? "waits" : "does not wait"}`, () =>
      expect(stop({ unfencedAtMs: 96 * MIN_MS, ...over })).toEqual([95, yes ? 100 : 96]));
  test("it has not stopped", () => expect(stop({ fencingStoppedSinceMs: null })).toEqual(OVER));
});
