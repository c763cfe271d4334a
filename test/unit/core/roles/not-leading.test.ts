import { describe, expect, test } from "bun:test";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import {
  notLeadingSince,
  reportNobodyLeads,
  reportNotLeading,
} from "../../../../src/core/roles/not-leading.ts";
import { goodView, host, knownHost, masterRound, memoryWith, type Situation } from "../fixtures.ts";
import { hearing, peer } from "../members/hearing.ts";
import { isLedBy, NOBODY_LEADS, tieOf } from "../sight.ts";

const NOW_MS = 1_000_000;

/** Why h1 does not lead; null: nothing is said. */
function why(situation: Situation, over: Partial<Memory> = {}): string | null {
  const memory = memoryWith({ notLeadingSinceMs: 0, ...over });
  const told = reportNotLeading(memory, masterRound(memory, situation).view);
  return told?.kind === "not-leading" ? told.why : null;
}

describe("notLeadingSince", () => {
  const since = (situation: Situation, notLeadingSinceMs: number | null) => {
    const memory = memoryWith({ notLeadingSinceMs });
    return notLeadingSince(memory, masterRound(memory, situation).view);
  };
  const rows: readonly [string, number | null, number | null][] = [
    ["it leads", since({}, 7), null],
    ["its mandate ends now", since({ group: { mandateUntilMs: NOW_MS } }, null), null],
    ["its mandate has ended just now", since({ group: { mandateUntilMs: NOW_MS - 1 } }, null), NOW_MS],
    ["nobody leads any more", since({ group: NOBODY_LEADS }, null), NOW_MS],
    ["nobody has led for long", since({ group: NOBODY_LEADS }, 7), 7],
    ["its monitor says nothing", since({ hearing: "unknown" }, null), NOW_MS],
  ];
  for (const [title, found, expected] of rows) test(title, () => expect(found).toBe(expected));
});

describe("reportNotLeading: when", () => {
  const rows: readonly [string, number | null, boolean][] = [
    ["it leads", null, false],
    ["it has not led for a minute", NOW_MS - 60_000, true],
    ["for less: an election takes seconds", NOW_MS - 59_999, false],
  ];
  for (const [title, notLeadingSinceMs, isTold] of rows)
    test(`${title}: ${isTold ? "told" : "nothing"}`, () =>
      expect(why({ group: NOBODY_LEADS }, { notLeadingSinceMs }) !== null).toBe(isTold));
});

const hosts = [1, 2, 3].map((number) => knownHost(host(number), { name: `host ${number}` }));
const named = { lastGood: goodView({ hosts }) };
const heard = hearing(peer(2), peer(3, { heard: "silent" }));
const alone = hearing(peer(2, { heard: "silent" }), peer(3, { heard: "silent" }));
const none = { ...NOBODY_LEADS, roll: null };

describe("reportNotLeading: why", () => {
  const reported = hearing(peer(2), peer(3, { heard: "reported", by: host(2) }));
  const rows: readonly [string, Situation, string][] = [
    [
      "its monitor says nothing",
      { hearing: "unknown" },
      "its monitor does not exchange heartbeats with the other hosts",
    ],
    [
      "its vote cannot be stored, before anything else",
      { group: { ...isLedBy(host(2)), trouble: "ENOSPC" } },
      "its vote cannot be stored (ENOSPC)",
    ],
    [
      "the group is not founded yet",
      { group: { ...none, awaited: [host(2), host(3)] } },
      "the hosts are no group yet, and these are not heard, or do not follow this master: host 2, host 3",
    ],
    ["it is in no group", { group: none }, "this host is in no group yet"],
    ["another one leads", { group: isLedBy(host(2)) }, "host 2 does"],
    [
      "it led, until nobody answered it any more",
      { group: { mandateUntilMs: NOW_MS - 1 }, hearing: alone },
      "it hears 1 of the 3 voting hosts, itself included",
    ],
    [
      "nobody leads, and too few are heard",
      { group: NOBODY_LEADS, hearing: heard },
      "it hears 2 of the 3 voting hosts, itself included. If host 3 is off, run: ha-cfg confirm-off host 3",
    ],
    [
      "who is heard by report is heard",
      { group: NOBODY_LEADS, hearing: reported },
      "it hears 3 of the 3 voting hosts, itself included",
    ],
    [
      "who is not on the roll does not count",
      { group: { ...NOBODY_LEADS, roll: { hosts: [host(1), host(3)] } }, hearing: heard },
      "it hears 1 of the 2 voting hosts, itself included. If host 3 is off, run: ha-cfg confirm-off host 3",
    ],
    [
      "half is heard, and the other half has the tie",
      {
        group: {
          ...NOBODY_LEADS,
          roll: { hosts: [host(1), host(3)] },
          tie: tieOf({ need: "lacks", holder: host(3) }),
        },
        hearing: heard,
      },
      "it hears 1 of the 2 voting hosts, itself included, and host 3 has claimed the tie. If host 3 is off, run: ha-cfg confirm-off host 3",
    ],
    [
      "this host is not on the roll, and half of those that are is heard",
      { group: { ...NOBODY_LEADS, roll: { hosts: [host(2), host(3)] } }, hearing: heard },
      "it does not count until one that does leads, and hears host 2 of host 2 and host 3. If host 3 is off, run on host 2: ha-cfg confirm-off host 3",
    ],
  ];
  for (const [title, situation, expected] of rows)
    test(title, () => expect(why(situation, named)).toBe(expected));
});

describe("reportNobodyLeads", () => {
  const told = (group: Situation["group"], situation: Situation = {}) => {
    const memory = memoryWith(named);
    const around = { hearing: alone, ...situation, group };
    const reason = reportNobodyLeads(memory, masterRound(memory, around).view);
    return reason?.kind === "nobody-leads" ? reason.why : null;
  };
  const onRoll = (...numbers: readonly number[]) => ({
    ...NOBODY_LEADS,
    roll: { hosts: numbers.map(host) },
  });
  const both = hearing(peer(2), peer(3));
  const reported = hearing(peer(2), peer(3, { heard: "reported", by: host(2) }));
  const HEARS_1 = "it hears 1 of the 3 voting hosts, itself included";
  const HEARS_2 =
    "it hears 2 of the 3 voting hosts, itself included. If host 3 is off, run: ha-cfg confirm-off host 3";
  const rows: readonly [string, string | null, string | null][] = [
    ["nobody has led for long, and this host hears none", told(NOBODY_LEADS), HEARS_1],
    ["it hears most, and still nobody is elected", told(NOBODY_LEADS, { hearing: heard }), HEARS_2],
    ["nobody has led for five minutes", told({ ...NOBODY_LEADS, sinceMs: NOW_MS - 300_000 }), HEARS_1],
    ["for less: whoever can be elected may be", told({ ...NOBODY_LEADS, sinceMs: NOW_MS - 299_999 }), null],
    ["this host leads", told({}), null],
    ["another one leads", told(isLedBy(host(2))), null],
    ["another one leads, as a third one tells", told({ ...isLedBy(host(2)), lead: "told" }), null],
    ["this host stands for election", told({ ...NOBODY_LEADS, lead: "stands" }), null],
    ["this host is elected", told({ ...NOBODY_LEADS, lead: "elected" }), null],
    ["HA is off, by the roll", told({ ...NOBODY_LEADS, roll: { ha: false } }), null],
    ["this host is in no group", told(none), null],
    ["its monitor says nothing", told(undefined, { hearing: "unknown" }), null],
    ["all are heard: one is being elected", told(NOBODY_LEADS, { hearing: both }), null],
    ["all are heard, one of them by report", told(NOBODY_LEADS, { hearing: reported }), null],
    [
      "this host does not count, and none that does is heard",
      told(onRoll(2, 3), { hearing: alone })?.split(".")[0] ?? null,
      "it does not count until one that does leads, and hears none of host 2 and host 3",
    ],
    ["this host does not count, and one that does is heard", told(onRoll(2, 3), { hearing: heard }), null],
    ["this host does not count, and all that do are heard", told(onRoll(2, 3), { hearing: both }), null],
    [
      "this host does not count, and hears only another one that does not",
      told(onRoll(3), { hearing: heard })?.split(".")[0] ?? null,
      "it does not count until one that does leads, and hears none of host 3",
    ],
    [
      "its vote cannot be stored",
      told({ ...NOBODY_LEADS, trouble: "ENOSPC" }),
      "its vote cannot be stored (ENOSPC)",
    ],
  ];
  for (const [title, found, expected] of rows)
    test(`${title}: ${expected === null ? "nothing" : "told"}`, () => expect(found).toBe(expected));
});
