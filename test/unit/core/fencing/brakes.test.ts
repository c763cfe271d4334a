import { describe, expect, test } from "bun:test";
import {
  haveFailedTogether,
  stillStoppedSince,
  wereTooManyFenced,
} from "../../../../src/core/fencing/brakes.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import type { HostUuid } from "../../../../src/core/model/ids.ts";
import { goodView, healthIn, host, incidentIn, knownHost, masterRound, memoryWith } from "../fixtures.ts";

const MIN_MS = 60_000;
const NOW_MS = 100 * MIN_MS;
const range = (count: number) => Array.from({ length: count }, (_, index) => host(index + 1));

/** A pool of so many hosts; hosts that have failed and when, in minutes; hosts that were fenced and when. */
function pool(count: number, over: Partial<Memory> = {}, resumedAtMin?: number) {
  const hosts = range(count);
  const lastGood = goodView({ hosts: hosts.map((uuid) => knownHost(uuid)), members: hosts });
  const memory = memoryWith({ lastGood, ...over });
  const resumed = resumedAtMin === undefined ? {} : { fencingResumedAtMs: resumedAtMin * MIN_MS };
  const { view } = masterRound(memory, { nowMs: NOW_MS, group: { roll: { hosts } }, ...resumed });
  return { memory, view };
}

const failedAt = (times: Readonly<Record<number, number>>) =>
  Object.fromEntries(
    Object.entries(times).map(([number, min]) => [
      host(Number(number)),
      healthIn("failed", { sinceMs: min * MIN_MS }),
    ]),
  );

describe("haveFailedTogether: more than a third of the hosts, two at least, within two minutes", () => {
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
    test(`haveFailedTogether: ${what}: ${yes}`, () => {
      const { memory, view } = pool(count, { health: failedAt(failed) });
      expect(haveFailedTogether(memory, view)).toBe(yes);
    });

  test("haveFailedTogether: one that was fenced has left the roll, and has failed with the others all the same", () => {
    const incidents = incidentIn("declared", { uuid: host(2), openedAtMs: 98 * MIN_MS });
    const { memory } = pool(5, { incidents, health: failedAt({ 3: 99 }) });
    const { view } = masterRound(memory, {
      group: { roll: { hosts: range(5).filter((uuid) => uuid !== host(2)) } },
    });
    expect(haveFailedTogether(memory, view)).toBe(true);
  });

  test("haveFailedTogether: one that has returned has not failed", () => {
    const incidents = incidentIn("returned", { uuid: host(2), openedAtMs: 98 * MIN_MS });
    const { memory, view } = pool(5, { incidents, health: failedAt({ 3: 99 }) });
    expect(haveFailedTogether(memory, view)).toBe(false);
  });
});

describe("wereTooManyFenced: more than half of the pool's hosts within ten minutes", () => {
  const fencedAt = (...minutes: readonly number[][]) => ({
    fencedAtMs: Object.fromEntries(
      minutes.map((times, index): [HostUuid, readonly number[]] => [
        host(index + 2),
        times.map((min) => min * MIN_MS),
      ]),
    ),
  });
  test("half is not more than half", () => {
    expect(tooMany(pool(4, fencedAt([95], [96])))).toBe(false);
    expect(tooMany(pool(4, fencedAt([95], [96], [97])))).toBe(true);
    expect(tooMany(pool(3, fencedAt([95], [96])))).toBe(true);
  });
  test("one host that is fenced again and again is one host", () =>
    expect(tooMany(pool(2, fencedAt([92, 96])))).toBe(false));
  test("of longer ago it does not count", () => expect(tooMany(pool(3, fencedAt([90], [96])))).toBe(false));
  test("what was before a person's word does not count", () => {
    expect(tooMany(pool(3, fencedAt([95], [96]), 97))).toBe(false);
    expect(tooMany(pool(3, fencedAt([95, 98], [99]), 97))).toBe(true);
  });
  test("one of them is no further one", () => {
    expect(tooMany(pool(3, fencedAt([95], [96])), host(2))).toBe(false);
    expect(tooMany(pool(3, fencedAt([85], [96])), host(2))).toBe(false);
    expect(tooMany(pool(3, { ...fencedAt([85], [96]), fencingStoppedSinceMs: 5 }), host(2))).toBe(true);
  });
  test("one that was fenced and forgotten was a host of the pool", () =>
    expect(tooMany(pool(3, { fencedAtMs: { h8: [95 * MIN_MS], h9: [96 * MIN_MS] } }), host(2))).toBe(false));
  test("what has stopped does not go on by itself", () =>
    expect(tooMany(pool(5, { fencingStoppedSinceMs: 5 }))).toBe(true));
});

const tooMany = ({ memory, view }: ReturnType<typeof pool>, of = host(9)) =>
  wereTooManyFenced(of, memory, view);

describe("stillStoppedSince", () => {
  const stopped = { fencingStoppedSinceMs: 95 * MIN_MS, health: failedAt({ 3: 95 }) };
  const since = (over: Partial<Memory>, resumedAtMin?: number) => {
    const { memory, view } = pool(3, { ...stopped, ...over }, resumedAtMin);
    return stillStoppedSince(memory, view);
  };
  test("until a person says so", () => {
    expect([since({}), since({}, 94)]).toEqual([95 * MIN_MS, 95 * MIN_MS]);
    expect([since({}, 95), since({}, 99)]).toEqual([null, null]);
  });
  test("or nobody is failed any more", () => expect(since({ health: {} })).toBeNull());
  test("or who is failed is off", () => {
    expect(since({ incidents: incidentIn("declared") })).toBeNull();
    expect(since({ incidents: incidentIn("fencing") })).toBe(95 * MIN_MS);
  });
  test("it has not stopped", () => expect(since({ fencingStoppedSinceMs: null })).toBeNull());
});
