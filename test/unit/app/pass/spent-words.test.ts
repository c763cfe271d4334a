import { describe, expect, test } from "bun:test";
import { forgetSpentWords } from "../../../../src/app/pass/spent-words.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import type { LoadedState, StateStore } from "../../../../src/ports/state-store.ts";
import { healthIn, host, incidentIn, memoryWith } from "../../core/fixtures.ts";

/** About h2, and about h3 of an hour ago. */
const WORDS = [
  { host: host(2), atMs: 3_600_000 },
  { host: host(3), atMs: 0 },
];
const FOUND: LoadedState = { kind: "found", value: { hosts: WORDS } };

/** What is written, in order, when this is there. */
async function written(
  over: Partial<Memory>,
  there: LoadedState = FOUND,
  refuses = false,
  nowMs = 3_660_000,
) {
  const saved: unknown[] = [];
  const store: Pick<StateStore, "load" | "save"> = {
    load: async (name) => (name === "confirmed-off" ? there : { kind: "none" }),
    save: async (name, value) => {
      saved.push([name, value]);
      if (refuses) throw new Error("ENOSPC");
    },
  };
  await forgetSpentWords(store, memoryWith(over), nowMs);
  return saved;
}

describe("forgetSpentWords: an administrator's word is about one death", () => {
  const off = { proved: true, isWord: true };
  const failed = { health: { h3: healthIn("failed") } };
  // [what, what is remembered, the hosts whose words stay; null: nothing is written]
  const rows: readonly [string, Partial<Memory>, readonly string[] | null][] = [
    ["nothing has happened yet", {}, null],
    [
      "the host is silent, and its incident has not taken it",
      { ...failed, incidents: incidentIn("open") },
      null,
    ],
    ["it was fenced by its device", { ...failed, incidents: incidentIn("fenced", { proved: true }) }, null],
    ["its incident has taken it", { ...failed, incidents: incidentIn("fenced", off) }, ["h2"]],
    ["it was declared dead since", { ...failed, incidents: incidentIn("declared", off) }, ["h2"]],
    ["the host lives", { health: { h3: healthIn("alive") } }, ["h2"]],
    ["it lives, and its XAPI does not answer", { health: { h3: healthIn("xapi-down") } }, ["h2"]],
    ["it is only suspected", { health: { h3: healthIn("suspect") } }, null],
    [
      "one lives, and the other one's was taken",
      { health: { h2: healthIn("alive") }, incidents: incidentIn("fenced", off) },
      [],
    ],
  ];
  for (const [title, over, left] of rows)
    test(`${title}: ${left === null ? "nothing is written" : `left: ${left.join(" ") || "none"}`}`, async () => {
      const hosts = WORDS.filter((word) => left?.includes(word.host));
      expect(await written(over)).toEqual(left === null ? [] : [["confirmed-off", { hosts }]]);
    });

  const alive = { health: { h2: healthIn("alive"), h3: healthIn("alive") } };
  const nothing: readonly [string, LoadedState][] = [
    ["there never was a word", { kind: "none" }],
    ["all are forgotten already", { kind: "found", value: { hosts: [] } }],
    ["what is there cannot be understood", { kind: "found", value: "h3" }],
    ["the disk does not say", { kind: "unreadable", why: "EIO" }],
  ];
  for (const [title, there] of nothing)
    test(`${title}: nothing is written`, async () => expect(await written(alive, there)).toEqual([]));

  test("just after the word its host counts as alive still, by the last look at it: nothing is written", async () =>
    expect(await written({ health: { h2: healthIn("alive") } }, FOUND, false, 3_659_999)).toEqual([]));

  test("what cannot be written is no error: it is tried again in the next round", async () =>
    expect(await written(alive, FOUND, true)).toEqual([["confirmed-off", { hosts: [] }]]));
});
