import { describe, expect, test } from "bun:test";
import { readGroupReport, readToldMonitor } from "../../../../src/app/daemons/report.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import type { StateStore } from "../../../../src/ports/state-store.ts";
import { REPORT } from "./hearing-stage.ts";

/** A store that has this in every document; undefined: it has none. */
const having = (value: unknown): Pick<StateStore, "load"> => ({
  load: async () => (value === undefined ? { kind: "none" } : { kind: "found", value }),
});

describe("readToldMonitor: what the iterations have told the monitor", () => {
  const nothing = { off: [], fencingUntilMs: null };
  const b = [hostUuid("b")];
  const rows: readonly [string, unknown, Awaited<ReturnType<typeof readToldMonitor>>][] = [
    ["there is no such document", undefined, nothing],
    ["it is empty", null, nothing],
    ["it is a text", "b", nothing],
    ["nobody is off, and no fence is under way", { off: [], fencingUntilMs: null }, nothing],
    ["a host is off", { off: b, fencingUntilMs: null }, { off: b, fencingUntilMs: null }],
    [
      "a fence is under way, until then",
      { off: b, fencingUntilMs: 7_000 },
      { off: b, fencingUntilMs: 7_000 },
    ],
    [
      "an end that is no number is none",
      { off: b, fencingUntilMs: "7000" },
      { off: b, fencingUntilMs: null },
    ],
    ["that of a version before: no end", { off: b, isFencing: true }, { off: b, fencingUntilMs: null }],
    ["what is off is no list", { off: "b", fencingUntilMs: 7_000 }, nothing],
    ["it is a list of something else", { off: [1], fencingUntilMs: 7_000 }, nothing],
  ];
  for (const [title, value, expected] of rows)
    test(title, async () => expect(await readToldMonitor(having(value))).toEqual(expected));
});

describe("readGroupReport: whom this host has replaced", () => {
  const { replaced: _, ...before } = REPORT;
  const rows: readonly [string, object, string | null | undefined][] = [
    ["a host", { ...REPORT, replaced: "b" }, "b"],
    ["nobody", REPORT, null],
    ["nobody, by a version that does not know that", before, null],
    ["what is no host is no report", { ...REPORT, replaced: 7 }, undefined],
  ];
  for (const [title, group, expected] of rows)
    test(title, async () =>
      expect((await readGroupReport(having({ group })))?.replaced).toBe(expected as never),
    );
});
