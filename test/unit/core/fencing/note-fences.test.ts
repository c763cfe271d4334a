import { describe, expect, test } from "bun:test";
import { noteFences } from "../../../../src/core/fencing/note-fences.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import {
  goodView,
  host,
  incidentIn,
  knownHost,
  masterRound,
  memoryWith,
  type Situation,
} from "../fixtures.ts";
import { hearing, peer } from "../members/hearing.ts";

const MIN_MS = 60_000;
const NOW_MS = 100 * MIN_MS;
const ALL = [host(1), host(2), host(3)];

function noted(over: Partial<Memory> = {}, situation: Situation = {}) {
  const memory = memoryWith({ onRoll: ALL, ...over });
  const { view } = masterRound(memory, { nowMs: NOW_MS, group: { roll: { hosts: ALL } }, ...situation });
  return noteFences(memory, view);
}

describe("noteFences: by this host", () => {
  const fenced = (over: Parameters<typeof incidentIn>[1] = {}) =>
    noted({ incidents: incidentIn("fenced", { offSinceMs: 99 * MIN_MS, ...over }) }).fencedAtMs;
  test("when it was first known to be off, once", () => {
    expect(fenced()).toEqual({ h3: [99 * MIN_MS] });
    const incidents = incidentIn("declared", { offSinceMs: 99 * MIN_MS });
    expect(noted({ incidents, fencedAtMs: { h3: [99 * MIN_MS] } }).fencedAtMs).toEqual({ h3: [99 * MIN_MS] });
  });
  test("not by an administrator's word, nor while it is only failed", () =>
    expect([fenced({ isWord: true }), fenced({ offSinceMs: null })]).toEqual([{}, {}]));
  test("not anew, where it was off the roll, whenever that was, nor when it has returned", () => {
    const incidents = incidentIn("fenced", { offSinceMs: 99 * MIN_MS });
    const before = { h3: [80 * MIN_MS] };
    const onRoll = [host(1), host(2)];
    expect(noted({ incidents, fencedAtMs: before, onRoll }).fencedAtMs).toEqual(before);
    expect(noted({ incidents, onRoll }).fencedAtMs).toEqual({});
    expect(fenced({ phase: "returned" })).toEqual({});
  });
  test("where nothing is known of the roll, all the same", () => {
    const incidents = incidentIn("fenced", { offSinceMs: 99 * MIN_MS });
    expect(noted({ incidents, onRoll: [] }).fencedAtMs).toEqual({ h3: [99 * MIN_MS] });
  });
  test("a second time, when that is another fence", () => {
    const incidents = incidentIn("fenced", { offSinceMs: 99 * MIN_MS });
    const before = { h3: [98 * MIN_MS] };
    expect(noted({ incidents, fencedAtMs: before }).fencedAtMs).toEqual({ h3: [98 * MIN_MS, 99 * MIN_MS] });
  });
  test("for an hour, or as long as it is off, and of one host no more than five", () => {
    const before = { h2: [40 * MIN_MS], h3: [39, 41, 50, 60, 70, 80].map((min) => min * MIN_MS) };
    expect(noted({ fencedAtMs: before }).fencedAtMs).toEqual({
      h3: [41, 50, 60, 70, 80].map((min) => min * MIN_MS),
    });
    const incidents = incidentIn("fenced", { offSinceMs: 99 * MIN_MS });
    const kept = noted({ incidents, fencedAtMs: before }).fencedAtMs["h3"];
    expect(kept).toEqual([50, 60, 70, 80, 99].map((min) => min * MIN_MS));
    const onRoll = [host(1), host(2)];
    const off = { h3: [5 * MIN_MS, 20 * MIN_MS] };
    expect(noted({ fencedAtMs: off, onRoll }, { group: { roll: { hosts: onRoll } } }).fencedAtMs).toEqual(
      off,
    );
  });
});

describe("noteFences: by another host, as the roll shows", () => {
  const group = { roll: { hosts: [host(1), host(2)] } };
  test("it has left the roll, and is not heard", () => {
    const after = noted({}, { group });
    expect([after.fencedAtMs, after.onRoll]).toEqual([{ h3: [NOW_MS] }, [host(1), host(2)]]);
  });
  test("this host has fenced it before: once, however long the hosts take to agree", () => {
    const before = { h3: [NOW_MS - 10 * MIN_MS] };
    const incidents = incidentIn("declared", { offSinceMs: NOW_MS - 10 * MIN_MS });
    expect(noted({ fencedAtMs: before, incidents }, { group }).fencedAtMs).toEqual(before);
    const byWord = incidentIn("declared", { offSinceMs: NOW_MS - 10 * MIN_MS, isWord: true });
    expect(noted({ incidents: byWord }, { group }).fencedAtMs).toEqual({});
  });
  test("it was on the roll again in between: that is a second fence, soon after the first one", () => {
    const before = { h3: [NOW_MS - 2 * MIN_MS] };
    const twice = { h3: [NOW_MS - 2 * MIN_MS, NOW_MS] };
    expect(noted({ fencedAtMs: before }, { group }).fencedAtMs).toEqual(twice);
    const back = incidentIn("returned", { offSinceMs: NOW_MS - 2 * MIN_MS });
    expect(noted({ fencedAtMs: before, incidents: back }, { group }).fencedAtMs).toEqual(twice);
  });
  test("not one in maintenance, nor one that is out of the pool, nor one that is heard, nor by a word", () => {
    const hosts = [knownHost(host(1)), knownHost(host(2)), knownHost(host(3), { enabled: false })];
    expect(noted({ lastGood: goodView({ hosts }) }, { group }).fencedAtMs).toEqual({});
    expect(noted({ lastGood: goodView({ hosts: hosts.slice(0, 2) }) }, { group }).fencedAtMs).toEqual({});
    expect(noted({}, { group: { ...group, confirmedOff: [host(3)] } }).fencedAtMs).toEqual({});
    expect(noted({}, { hearing: hearing(peer(2), peer(3)), group }).fencedAtMs).toEqual({});
  });
  test("without a roll nobody has left it", () => {
    const after = noted({}, { group: { roll: null } });
    expect([after.fencedAtMs, after.onRoll]).toEqual([{}, ALL]);
  });
});

describe("noteFences: when it was back", () => {
  const two = { onRoll: [host(1), host(2)], fencedAtMs: { h3: [80 * MIN_MS] } };
  test("it is on the roll again: that is kept as long as its fences are", () => {
    expect(noted(two).backAtMs).toEqual({ h3: NOW_MS });
    const before = { fencedAtMs: two.fencedAtMs, backAtMs: { h2: 5, h3: 90 * MIN_MS } };
    expect(noted(before).backAtMs).toEqual({ h3: 90 * MIN_MS });
  });
  test("not one that was never fenced, nor where nothing was known of the roll", () => {
    expect(noted({ ...two, fencedAtMs: {} }).backAtMs).toEqual({});
    expect(noted({ ...two, onRoll: [] }).backAtMs).toEqual({});
  });
});

test("noteFences: with HA off all of it is forgotten", () => {
  const lastGood = goodView({ haFlag: "off" });
  const after = noted({
    lastGood,
    fencedAtMs: { h2: [99 * MIN_MS] },
    backAtMs: { h2: 5 },
    fencingStoppedSinceMs: 5,
    unfencedAtMs: 5,
    incidents: incidentIn("open"),
  });
  expect([after.fencedAtMs, after.backAtMs, after.onRoll]).toEqual([{}, {}, ALL]);
  expect([after.fencingStoppedSinceMs, after.unfencedAtMs]).toEqual([null, null]);
});

test("noteFences: what has stopped goes on when a person says so", () => {
  const stopped = { fencingStoppedSinceMs: 5, incidents: incidentIn("open") };
  expect(noted(stopped).fencingStoppedSinceMs).toBe(5);
  expect(noted(stopped, { fencingResumedAtMs: 6 }).fencingStoppedSinceMs).toBeNull();
});
