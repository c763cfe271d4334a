import { describe, expect, test } from "bun:test";
import type { OwnState } from "../../../../src/core/model/hearing.ts";
import {
  isNamedLeader,
  namedByGroup,
  namedUnderHa,
  saysItIsMaster,
  saysItServes,
} from "../../../../src/core/takeover/named.ts";
import { host, memoryWith, type Situation, slaveRound } from "../fixtures.ts";
import { hearing, OWN, peer } from "../members/hearing.ts";
import { isLedBy, NOBODY_LEADS } from "../sight.ts";

const NOW_MS = 1_000_000;
const view = (situation: Situation) => slaveRound(memoryWith(), situation).view;
const named = { roll: { master: host(3) } };

describe("namedByGroup", () => {
  // Who is named, by whom HA on or off is nothing to it; and who while HA is on.
  const rows: readonly [string, Situation, string | null, string | null][] = [
    ["this host leads", { group: named }, "h3", "h3"],
    ["it is elected", { group: { ...named, lead: "elected", mandateUntilMs: null } }, "h3", "h3"],
    ["it hears the leader", { group: { ...isLedBy(host(1)), ...named } }, "h3", "h3"],
    ["HA is off for the group", { group: { roll: { master: host(3), ha: false } } }, "h3", null],
    ["others say that they hear it", { group: { ...isLedBy(host(1)), ...named, lead: "told" } }, null, null],
    ["it stands", { group: { ...named, ...NOBODY_LEADS, lead: "stands" } }, null, null],
    ["nobody leads", { group: { ...named, ...NOBODY_LEADS } }, null, null],
    ["it takes no part yet", { group: { ...named, ...NOBODY_LEADS, lead: "unsaid" } }, null, null],
    ["the roll is not settled", { group: { roll: { master: host(3), settled: false } } }, null, null],
    ["it is in no group", { group: { roll: null } }, null, null],
    ["its monitor says nothing", { hearing: "unknown" }, null, null],
  ];
  for (const [title, situation, byGroup, underHa] of rows)
    test(`${title}: ${byGroup ?? "not known"}`, () =>
      expect(
        [namedByGroup(view(situation)), namedUnderHa(view(situation))].map((who) => who && String(who)),
      ).toEqual([byGroup, underHa]));
});

describe("isNamedLeader", () => {
  const own = { roll: { master: host(2) } };
  const rows: readonly [string, Situation, boolean][] = [
    ["it is named, and leads", { group: own }, true],
    ["its mandate ends now", { group: { ...own, mandateUntilMs: NOW_MS } }, true],
    ["its mandate is over", { group: { ...own, mandateUntilMs: NOW_MS - 1 } }, false],
    ["another host leads", { group: { ...isLedBy(host(1)), ...own } }, false],
    ["another host is named", { group: named }, false],
    ["HA is off for the group", { group: { roll: { master: host(2), ha: false } } }, false],
    ["its monitor says nothing", { hearing: "unknown" }, false],
  ];
  for (const [title, situation, expected] of rows)
    test(`${title}: ${expected}`, () => expect(isNamedLeader(view(situation))).toBe(expected));
});

describe("what a host says of itself", () => {
  const MASTER: OwnState = { ...OWN, role: "master", master: host(3), xapi: "serving" };
  const rows: readonly [string, Situation["hearing"], boolean, boolean][] = [
    ["it is master, and serves", hearing(peer(3, { own: MASTER })), true, true],
    ["its xapi is away", hearing(peer(3, { own: { ...MASTER, xapi: "silent" } })), true, false],
    ["its xapi starts", hearing(peer(3, { own: { ...MASTER, xapi: "starting" } })), true, false],
    ["it is a slave that serves", hearing(peer(3)), false, false],
    ["it is heard by report only", hearing(peer(3, { heard: "reported" })), false, false],
    ["it is silent", hearing(peer(3, { heard: "silent" })), false, false],
    ["another one is master", hearing(peer(2, { own: MASTER })), false, false],
    ["the monitor says nothing", "unknown", false, false],
  ];
  for (const [title, heard, isMaster, serves] of rows)
    test(title, () => {
      const sight = view({ hearing: heard });
      expect([saysItIsMaster(host(3), sight), saysItServes(host(3), sight)]).toEqual([isMaster, serves]);
    });
});
