import { describe, expect, test } from "bun:test";
import { NO_DISARM } from "../../../../src/core/group/disarm.ts";
import type { Roll } from "../../../../src/core/group/roll.ts";
import { isJointMajority, NOTHING_STORED } from "../../../../src/core/group/stored.ts";
import { NO_TERM } from "../../../../src/core/group/term.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";

const roll = (letters: string, version: number): Roll => ({
  id: { term: { count: 1, host: hostUuid("a") }, version },
  hosts: [...letters].map((letter) => ({
    host: hostUuid(letter),
    bootId: null,
    maintenance: false,
    leaseMs: null,
  })),
  master: hostUuid("a"),
  office: { term: { count: 1, host: hostUuid("a") }, version: 1 },
  ha: true,
  tie: null,
  disarm: NO_DISARM,
});

const NONE = { self: hostUuid("a"), held: new Set<string>() };

const isJoint = (now: string, before: string | null, those: string) =>
  isJointMajority(
    { term: NO_TERM, roll: roll(now, 2), before: before === null ? null : roll(before, 1) },
    (host) => those.includes(host),
    NONE,
  );

describe("isJointMajority", () => {
  for (const [now, before, those, is] of [
    ["abc", null, "ab", true],
    ["abc", null, "c", false],
    // While a host joins or leaves a majority of each roll is needed.
    ["abcde", "abc", "cde", false],
    ["abcde", "abc", "bcd", true],
    ["ab", "abc", "a", false],
    ["ab", "abc", "ac", true],
    ["ab", "abc", "bc", false],
  ] as const)
    test(`${those} of ${now}${before === null ? "" : `, before that ${before}`}: ${is}`, () =>
      expect(isJoint(now, before, those)).toBe(is));

  test("a host without a roll has no majority", () =>
    expect(isJointMajority(NOTHING_STORED, () => true, NONE)).toBe(false));
});
