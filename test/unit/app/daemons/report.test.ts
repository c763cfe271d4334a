import { describe, expect, test } from "bun:test";
import {
  readArmed,
  readFencingResumed,
  readGroupReport,
  readToldMonitor,
} from "../../../../src/app/daemons/report.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import type { StateStore } from "../../../../src/ports/state-store.ts";
import { REPORT } from "./hearing-stage.ts";

/** A store that has this in every document; undefined: it has none. */
const having = (value: unknown): Pick<StateStore, "load"> => ({
  load: async () => (value === undefined ? { kind: "none" } : { kind: "found", value }),
});

describe("readToldMonitor: what the iterations have told the monitor", () => {
  const nothing = { off: [], fencingUntilMs: null, agreed: [], disarm: [] };
  const b = [hostUuid("b")];
  const off = { ...nothing, off: b };
  const one = { host: hostUuid("c"), atMs: 5, bootId: "boot" };
  const word = { id: 7, host: null, forS: 60 };
  const rows: readonly [string, unknown, Awaited<ReturnType<typeof readToldMonitor>>][] = [
    ["there is no such document", undefined, nothing],
    ["it is empty", null, nothing],
    ["it is a text", "b", nothing],
    ["nobody is off, and no fence is under way", nothing, nothing],
    ["a host is off", off, off],
    [
      "a fence is under way, until then",
      { ...off, fencingUntilMs: 7_000 },
      { ...off, fencingUntilMs: 7_000 },
    ],
    ["an end that is no number is none", { ...off, fencingUntilMs: "7000" }, off],
    ["that of a version before: no end", { off: b, isFencing: true }, off],
    ["what is off is no list", { ...off, off: "b", fencingUntilMs: 7_000 }, nothing],
    ["it is a list of something else", { ...off, off: [1], fencingUntilMs: 7_000 }, nothing],
    ["the domains of a host agree", { ...nothing, agreed: [one] }, { ...nothing, agreed: [one] }],
    ["those of nobody, by a version that does not know that", { off: b, fencingUntilMs: null }, off],
    ["who agrees is no list", { ...off, agreed: one }, off],
    ["it is a list of something else, too", { ...off, agreed: [5, null, one] }, { ...off, agreed: [one] }],
    ["a host that is none", { ...off, agreed: [{ ...one, host: 5 }] }, off],
    ["no boot", { ...off, agreed: [{ host: "c", atMs: 5 }] }, off],
    [
      "a time that is none",
      {
        ...off,
        agreed: [
          { ...one, atMs: -1 },
          { ...one, atMs: null },
        ],
      },
      off,
    ],
    ["a word about a rest of HA", { ...off, disarm: [word] }, { ...off, disarm: [word] }],
    [
      "words that are none",
      { ...off, disarm: [5, null, { ...word, id: "7" }, word] },
      { ...off, disarm: [word] },
    ],
    ["words that are no list", { ...off, disarm: word }, off],
    [
      "more words than a pool can have",
      { ...off, disarm: Array.from({ length: 66 }, () => word) },
      { ...off, disarm: Array.from({ length: 65 }, () => word) },
    ],
    [
      "more than a pool can have: those that it can have",
      { ...off, agreed: Array.from({ length: 65 }, () => one) },
      { ...off, agreed: Array.from({ length: 64 }, () => one) },
    ],
  ];
  for (const [title, value, expected] of rows)
    test(title, async () => expect(await readToldMonitor(having(value))).toEqual(expected));
});

describe("readArmed: words that end a rest of HA, given on this host", () => {
  const word = { id: 7, host: null, forS: 0 };
  const rows: readonly [string, unknown, readonly object[]][] = [
    ["there is no such document", undefined, []],
    ["a word", { words: [word] }, [word]],
    ["one that begins a rest: none", { words: [{ ...word, forS: 60 }, word] }, [word]],
    ["something else", { words: [5, null, { ...word, id: "7" }] }, []],
    ["no list", { words: word }, []],
  ];
  for (const [title, value, expected] of rows)
    test(title, async () => expect([...(await readArmed(having(value)))]).toEqual([...expected] as never));
});

describe("readFencingResumed: when an administrator has said last that fencing may go on", () => {
  const rows: readonly [string, unknown, number | null][] = [
    ["there is no such document", undefined, null],
    ["it is empty", null, null],
    ["it is a number", 5, null],
    ["it is a list", [5], null],
    ["then", { atMs: 5 }, 5],
    ["when this host booted", { atMs: 0 }, 0],
    ["at no time", {}, null],
    ["a time that is a text", { atMs: "5" }, null],
    ["a time before the boot", { atMs: -1 }, null],
    ["a time that is none", { atMs: Number.NaN }, null],
    ["a time without end", { atMs: Number.POSITIVE_INFINITY }, null],
  ];
  for (const [title, value, expected] of rows)
    test(title, async () => expect(await readFencingResumed(having(value))).toBe(expected));

  for (const kind of ["damaged", "unreadable"] as const)
    test(`the document is ${kind}`, async () =>
      expect(await readFencingResumed({ load: async () => ({ kind, why: "a test" }) })).toBeNull());
});

describe("readGroupReport: office", () => {
  const { office: _, ...before } = REPORT;
  const rows: readonly [string, object, string | null | undefined][] = [
    ["one", { ...REPORT, office: "7.b.2" }, "7.b.2"],
    ["none", REPORT, null],
    ["none, by a version that does not know that", before, null],
    ["what is no text is no report", { ...REPORT, office: 7 }, undefined],
  ];
  for (const [title, group, expected] of rows)
    test(title, async () =>
      expect((await readGroupReport(having({ group }), 0))?.office).toBe(expected as never),
    );
});

describe("readGroupReport: iterations that crash", () => {
  const monitor = { delayMs: 15_000, scanRateMs: 1_000, maxStarts: 3, killAll: true };
  const enabledAt = async (nowMs: number) => {
    const pass = { group: { ...REPORT, enabled: true }, finishedAtMs: 1_000, nextInMs: 5, monitor };
    return (await readGroupReport(having(pass), nowMs))?.enabled;
  };
  test("it is not known any more that this host is enabled, five minutes and five delays after the last that ended", async () => {
    expect(await enabledAt(376_000)).toBe(true);
    expect(await enabledAt(376_001)).toBe(null);
  });
});
