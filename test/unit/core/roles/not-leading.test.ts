import { describe, expect, test } from "bun:test";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import { reportNotLeading } from "../../../../src/core/roles/not-leading.ts";
import { goodView, host, knownHost, masterRound, memoryWith, type Situation } from "../fixtures.ts";
import { hearing, peer } from "../members/hearing.ts";
import { isLedBy, NOBODY_LEADS, type SightOver } from "../sight.ts";

const NOW_MS = 1_000_000;

/** Why h1 does not lead; null: nothing is said. */
function why(situation: Situation, over: Partial<Memory> = {}): string | null {
  const memory = memoryWith(over);
  const told = reportNotLeading(memory, masterRound(memory, situation).view);
  return told?.kind === "not-leading" ? told.why : null;
}

describe("reportNotLeading: when", () => {
  const lasts = (ms: number): SightOver => ({ ...NOBODY_LEADS, sinceMs: NOW_MS - ms });
  const startedAt = (xapiStartedAtMs: number) => ({
    lastGood: goodView({ hosts: [knownHost(host(1), { xapiStartedAtMs })] }),
  });
  const unheard = { hearing: "unknown" } as const;
  const rows: readonly [string, string | null, boolean][] = [
    ["it leads", why({}), false],
    ["its mandate ends now", why({ group: { mandateUntilMs: NOW_MS } }), false],
    ["nobody leads for a minute", why({ group: lasts(60_000) }), true],
    ["nobody leads for less: an election takes seconds", why({ group: lasts(59_999) }), false],
    ["its monitor says nothing, and xapi runs for a minute", why(unheard, startedAt(NOW_MS - 60_000)), true],
    ["its monitor says nothing, and xapi has just started", why(unheard, startedAt(NOW_MS - 59_999)), false],
    ["its monitor says nothing, and the pool is not known", why(unheard, { lastGood: null }), false],
  ];
  for (const [title, found, isTold] of rows)
    test(`${title}: ${isTold ? "told" : "nothing"}`, () => expect(found !== null).toBe(isTold));
});

describe("reportNotLeading: why", () => {
  const hosts = [1, 2, 3].map((number) => knownHost(host(number), { name: `host ${number}` }));
  const named = { lastGood: goodView({ hosts }) };
  const none = { ...NOBODY_LEADS, roll: null };
  const heard = hearing(peer(2), peer(3, { heard: "silent" }));
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
      "nobody leads, and too few are heard",
      { group: NOBODY_LEADS, hearing: heard },
      "it hears 2 of the 3 hosts that count, itself included",
    ],
    [
      "who is heard by report is heard",
      { group: NOBODY_LEADS, hearing: reported },
      "it hears 3 of the 3 hosts that count, itself included",
    ],
    [
      "who is not on the roll does not count",
      { group: { ...NOBODY_LEADS, roll: { hosts: [host(1), host(3)] } }, hearing: heard },
      "it hears 1 of the 2 hosts that count, itself included",
    ],
  ];
  for (const [title, situation, expected] of rows)
    test(title, () => expect(why(situation, named)).toBe(expected));
});
