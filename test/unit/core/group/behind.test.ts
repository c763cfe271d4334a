import { describe, expect, test } from "bun:test";
import { NO_COPY_WATCH, newerAtMaster, stepCopyWatch } from "../../../../src/core/group/behind.ts";
import { newHearing, stepHearing } from "../../../../src/core/group/hearing.ts";
import { NO_VOTE } from "../../../../src/core/group/vote-words.ts";
import type { OwnState } from "../../../../src/core/model/hearing.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import { OWN } from "./group.ts";

const NOW_MS = 10_000;
const [A, B] = [hostUuid("a"), hostUuid("b")];
const SLAVE: OwnState = { ...OWN, changes: 7 };
const MASTER: OwnState = { ...OWN, role: "master", changes: 8 };

/** What slave b learns of its copy when a has said this of itself, so long ago. */
function newer(own: Partial<OwnState> = {}, ofMaster: Partial<OwnState> = {}, ageMs = 1_000): number | null {
  const nowMs = NOW_MS - ageMs;
  const peers = [{ host: A, addresses: ["10.0.0.1"] }];
  const before = stepHearing(newHearing(B, "boot-b"), { kind: "peers", nowMs, peers }).state;
  const message = {
    ...{ from: A, to: B, heard: [], acks: [], vote: NO_VOTE, own: { ...MASTER, ...ofMaster } },
    number: { bootId: "boot-a", ms: 1 },
    answers: { bootId: "boot-b", ms: nowMs },
  };
  const { state } = stepHearing(before, { kind: "datagram", nowMs, message, address: "10.0.0.1" });
  return newerAtMaster(state, { ...SLAVE, ...own }, NOW_MS);
}

describe("newerAtMaster", () => {
  const rows: readonly [string, number | null, number | null][] = [
    ["the master has counted more", newer(), 8],
    ["as much", newer({ changes: 8 }), null],
    ["less: it came back with an older database", newer({ changes: 9 }), null],
    ["the own copy is not known", newer({ changes: null }), null],
    ["the master does not know its count", newer({}, { changes: null }), null],
    ["the master has not been heard for five seconds", newer({}, {}, 5_000), null],
    ["whom this host follows is no master", newer({}, { role: "slave" }), null],
    ["this host follows nobody", newer({ master: null }), null],
    ["this host follows one that was never heard", newer({ master: hostUuid("c") }), null],
    ["this host is master itself", newer({ role: "master" }), null],
    ["HA is off", newer({ haWished: false }), null],
    ["whether HA is on is not known", newer({ haWished: null }), null],
  ];
  for (const [what, is, expected] of rows) test(what, () => expect(is).toBe(expected));
});

describe("stepCopyWatch", () => {
  /** When an iteration is woken, in seconds, if each second has that count: a digit, or a dash for none. */
  function wakes(counts: string, afterMs = 0): readonly number[] {
    let watch = NO_COPY_WATCH;
    return [...counts].flatMap((count, second) => {
      const newer = count === "-" ? null : Number(count);
      const step = stepCopyWatch(watch, newer, { nowMs: second * 1_000, afterMs });
      watch = step.watch;
      return step.wakes ? [second] : [];
    });
  }
  const rows: readonly [string, string, number, readonly number[]][] = [
    ["no newer one", "----", 0, []],
    ["a newer one: once", "-1111111111111", 0, [1]],
    ["another count: ten seconds after the last wake", "12222222222222", 0, [0, 10]],
    ["counts that rise while it waits do not make it wait longer", "-1234567", 3_000, [4]],
    ["a copy that XAPI has refreshed meanwhile is not old any more", "-11--11", 2_500, []],
  ];
  for (const [what, counts, afterMs, expected] of rows)
    test(what, () => expect(wakes(counts, afterMs)).toEqual([...expected]));
});
