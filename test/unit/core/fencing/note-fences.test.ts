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
  test("not anew, where it has been off since, nor when it has returned", () => {
    const incidents = incidentIn("fenced", { offSinceMs: 99 * MIN_MS });
    const before = { h3: [80 * MIN_MS] };
    expect(noted({ incidents, fencedAtMs: before, onRoll: [host(1), host(2)] }).fencedAtMs).toEqual(before);
    expect(fenced({ phase: "returned" })).toEqual({});
  });
  test("a second time, when that is another fence", () => {
    const incidents = incidentIn("fenced", { offSinceMs: 99 * MIN_MS });
    const before = { h3: [80 * MIN_MS] };
    expect(noted({ incidents, fencedAtMs: before }).fencedAtMs).toEqual({ h3: [80 * MIN_MS, 99 * MIN_MS] });
  });
  test("for an hour, and of one host no more than five", () => {
    const before = { h2: [40 * MIN_MS], h3: [39, 41, 50, 60, 70, 80].map((min) => min * MIN_MS) };
    expect(noted({ fencedAtMs: before }).fencedAtMs).toEqual({
      h3: [41, 50, 60, 70, 80].map((min) => min * MIN_MS),
    });
    const incidents = incidentIn("fenced", { offSinceMs: 99 * MIN_MS });
    const kept = noted({ incidents, fencedAtMs: before }).fencedAtMs["h3"];
    expect(kept).toEqual([50, 60, 70, 80, 99].map((min) => min * MIN_MS));
  });
});

describe("noteFences: by another host, as the roll shows", () => {
  const group = { roll: { hosts: [host(1), host(2)] } };
  test("it has left the roll, and is not heard", () => {
    const after = noted({}, { group });
    expect([after.fencedAtMs, after.onRoll]).toEqual([{ h3: [NOW_MS] }, [host(1), host(2)]]);
  });
  test("this host has fenced it some seconds before: once", () => {
    const before = { h3: [NOW_MS - 10_000] };
    expect(noted({ fencedAtMs: before }, { group }).fencedAtMs).toEqual(before);
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

test("noteFences: with HA off all of it is forgotten", () => {
  const lastGood = goodView({ haFlag: "off" });
  const after = noted({
    lastGood,
    fencedAtMs: { h2: [99 * MIN_MS] },
    fencingStoppedSinceMs: 5,
    incidents: incidentIn("open"),
  });
  expect([after.fencedAtMs, after.fencingStoppedSinceMs, after.onRoll]).toEqual([{}, null, ALL]);
});

test("noteFences: what has stopped goes on when a person says so", () => {
  const stopped = { fencingStoppedSinceMs: 5, incidents: incidentIn("open") };
  expect(noted(stopped).fencingStoppedSinceMs).toBe(5);
  expect(noted(stopped, { fencingResumedAtMs: 6 }).fencingStoppedSinceMs).toBeNull();
});
