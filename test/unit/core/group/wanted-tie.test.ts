import { describe, expect, test } from "bun:test";
import { tieName } from "../../../../src/core/group/tie-name.ts";
import { NO_TIES, type Ties } from "../../../../src/core/group/ties.ts";
import { GROUP_TIMINGS } from "../../../../src/core/group/timings.ts";
import { wantedTie } from "../../../../src/core/group/wanted-tie.ts";
import { groupState } from "./states.ts";
import { ago, B, NOW_MS, roll, rollId, type Voter } from "./votes.ts";

const TAG = "ssh.1";
const NOW = `5.a.1.beef.${TAG}`;
const NEXT = tieName(rollId("5a.2"), "boot-a", TAG);
const LEADER: Voter = { term: "5a", roll: "5a.1 ab", tie: NOW, answers: { b: 1 }, promised: null };

interface Given {
  readonly voter?: Voter;
  /** Hosts of the next roll. */
  readonly hosts?: string;
  readonly tag?: string | null;
  readonly said?: Ties["said"];
}

function wanted({ voter = LEADER, hosts = "ab", tag = TAG, said = new Map() }: Given): string {
  const state = { ...groupState(voter, {}), ties: { ...NO_TIES, said } };
  const { roll: now } = state.voting.stored;
  if (now === null) throw new Error("It has no roll");
  const next = roll(`5a.2 ${hosts}`).hosts;
  const tie = wantedTie(state, now, next, { nowMs: NOW_MS, tieTag: tag }, GROUP_TIMINGS);
  return tie === null ? "none" : tie === NEXT ? "another one" : tie === now.tie ? "the same" : tie;
}

describe("the tie of the next roll", () => {
  const { tie: _, ...untied } = LEADER;
  const alone: Voter = { ...LEADER, answers: {} };
  const heldByB = new Map([[NOW, { answer: { kind: "held", holder: B } as const, atMs: ago(60) }]]);
  const rows: readonly [string, Given, string][] = [
    ["nothing has changed", {}, "the same"],
    ["a host comes", { hosts: "abc" }, "another one"],
    ["a host goes", { hosts: "a" }, "another one"],
    ["a host goes, and the leader is alone", { hosts: "a", voter: alone }, "another one"],
    ["a place is named", { voter: untied }, "another one"],
    ["a place is named, and the leader is alone", { voter: { ...untied, answers: {} } }, "none"],
    ["no place is named any more", { tag: null }, "none"],
    ["no place is named any more, and the leader is alone", { tag: null, voter: alone }, "the same"],
    ["another place is named", { tag: "sr.2" }, tieName(rollId("5a.2"), "boot-a", "sr.2")],
    ["another place is named, and the leader is alone", { tag: "sr.2", voter: alone }, "the same"],
    ["this host has claimed it", { voter: { ...LEADER, held: [NOW] } }, "another one"],
    ["this host has claimed it, and lives by it", { voter: { ...alone, held: [NOW] } }, "the same"],
    ["the other one has claimed it", { said: heldByB }, "another one"],
    ["there is none, and none is wanted", { voter: untied, tag: null }, "none"],
  ];
  for (const [what, given, expected] of rows)
    test(`${what}: ${expected}`, () => expect(wanted(given)).toBe(expected));

  test("an answer of more than four seconds ago is none", () =>
    expect(wanted({ voter: { ...LEADER, held: [NOW], answers: { b: 5 } } })).toBe("the same"));
});
