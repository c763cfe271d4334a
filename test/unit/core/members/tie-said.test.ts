import { describe, expect, test } from "bun:test";
import { silentOnRoll, tieSaid } from "../../../../src/core/members/tie-said.ts";
import type { TieSight } from "../../../../src/core/model/group-sight.ts";
import { goodView, host, knownHost, masterRound, memoryWith } from "../fixtures.ts";
import { tieOf } from "../sight.ts";
import { hearing, peer } from "./hearing.ts";

const hosts = [1, 2].map((number) => knownHost(host(number), { name: `host ${number}` }));
const memory = memoryWith({ lastGood: goodView({ hosts }) });
const said = (tie: Partial<TieSight> | null) => {
  const group = { tie: tie === null ? null : tieOf(tie) };
  return tieSaid(masterRound(memory, { group }).view, memory);
};

describe("why a host has not got the tie", () => {
  const silent = { trouble: "ha@nas: no route" };
  const rows: readonly [string, Partial<TieSight> | null, string | null][] = [
    ["its roll has none", null, null],
    ["it does not need it", { need: "none", holder: host(2) }, null],
    ["it has it", { need: "lives", ...silent }, null],
    ["its claim is under way", { need: "lacks" }, null],
    ["another host has it", { need: "lacks", holder: host(2) }, "host 2 has claimed the tie"],
    ["no answer", { need: "lacks", ...silent }, "the tie cannot be claimed (ha@nas: no route)"],
    ["its claim is gone", { need: "lost" }, "the claim of the tie by which it led is gone"],
    [
      "its claim is gone, and then there is no answer",
      { need: "lost", ...silent },
      "the claim of the tie by which it led is gone, and the tie cannot be claimed (ha@nas: no route)",
    ],
    ["its claim is another host's", { need: "lost", holder: host(2) }, "host 2 has claimed the tie"],
  ];
  for (const [what, tie, expected] of rows)
    test(`${what}: ${expected ?? "nothing is said"}`, () => expect(said(tie)).toBe(expected));

  test("its monitor says nothing", () =>
    expect(tieSaid(masterRound(memory, { hearing: "unknown" }).view, memory)).toBeNull());
});

describe("who counts and is not heard", () => {
  test("by name, without this host", () => {
    const group = { roll: { hosts: [host(1), host(2)] } };
    const silent = (heard: "direct" | "silent") =>
      silentOnRoll(masterRound(memory, { group, hearing: hearing(peer(2, { heard })) }).view, memory);
    expect([silent("silent"), silent("direct")]).toEqual([["host 2"], []]);
  });
});
