import { describe, expect, test } from "bun:test";
import { hasTie, heardHosts, heuristicsFor, tallyNow } from "../../../../src/core/members/vote.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import type { HeardPeer } from "../../../../src/core/model/hearing.ts";
import type { PeerProbe, PoolView } from "../../../../src/core/model/pool-view.ts";
import { ALIVE, DEAD, healthIn, host, master, memoryWith, XAPI_DOWN } from "../fixtures.ts";
import { remembered } from "../memory/remembered.ts";
import { isLedBy, NOBODY_LEADS, type SightOver } from "../sight.ts";
import { hearing, peer } from "./hearing.ts";

type Probes = Readonly<Record<string, PeerProbe>>;
const ALL_ALIVE = { h2: healthIn("alive"), h3: healthIn("alive") };

const viewOf = (probes: Probes) => master().input(10, { probes }).view;

describe("heardHosts", () => {
  const heard = (probes: Probes, memory: Memory = remembered({ health: ALL_ALIVE })) =>
    heardHosts(viewOf(probes), memory).join(" ");

  test("this host, and who was probed in this round and is alive", () =>
    expect(heard({ h2: ALIVE(), h3: ALIVE() })).toBe("h1 h2 h3"));
  test("not a host that was not probed in this round, however alive it was", () =>
    expect(heard({ h2: ALIVE() })).toBe("h1 h2"));
  test("not a suspect, nor one that has failed", () =>
    expect(
      heard(
        { h2: DEAD, h3: DEAD },
        remembered({ health: { h2: healthIn("suspect"), h3: healthIn("failed") } }),
      ),
    ).toBe("h1"));
  test("a host whose xapi alone is down lives", () =>
    expect(heard({ h2: XAPI_DOWN }, remembered({ health: { h2: healthIn("xapi-down") } }))).toBe("h1 h2"));
});

/** h1 hears these peers; it leads a roll of these hosts unless the group is otherwise. */
interface Votes {
  readonly roll?: readonly number[];
  readonly peers?: readonly HeardPeer[];
  readonly group?: SightOver;
  readonly heuristics?: PoolView["heuristics"];
  readonly wasAway?: boolean;
}

function viewWith({ roll = [1, 2, 3], peers = [], group = {}, heuristics = "not-asked" }: Votes): PoolView {
  const said = group.roll === null ? group : { ...group, roll: { hosts: roll.map((n) => host(n)) } };
  return master().input(10, { hearing: hearing(...peers), group: said, heuristics }).view;
}

/** `alive of members`, with the votes when those are more than are alive. */
function votes(given: Votes): string {
  const memory = memoryWith({ sawPoolSinceBoot: given.wasAway !== true });
  const { alive, members, votes: counted, quorate } = tallyNow(viewWith(given), memory);
  const ips = counted > alive ? ` and ${counted - alive}` : "";
  return `${alive}${ips} of ${members}, ${quorate ? "quorum" : "no quorum"}`;
}

const silent = (number: number) => peer(number, { heard: "silent" });
const BOTH = [peer(2), peer(3)];

describe("tallyNow: the leader has a majority, nobody else has", () => {
  const rows: readonly [string, Votes, string][] = [
    ["the leader, and all are heard", { peers: BOTH }, "3 of 3, quorum"],
    ["who is heard by report counts", { peers: [peer(2), peer(3, { heard: "reported" })] }, "3 of 3, quorum"],
    ["its mandate outlasts whom it hears", { peers: [silent(2), silent(3)] }, "1 of 3, quorum"],
    ["it does not even know of them", {}, "1 of 3, quorum"],
    ["whose mandate is over", { peers: BOTH, group: { mandateUntilMs: 9_999 } }, "3 of 3, no quorum"],
    ["who follows another one", { peers: BOTH, group: isLedBy(host(2)) }, "3 of 3, no quorum"],
    ["who hears no leader", { peers: BOTH, group: NOBODY_LEADS }, "3 of 3, no quorum"],
    ["who is in no group", { peers: BOTH, group: { ...NOBODY_LEADS, roll: null } }, "0 of 0, no quorum"],
    ["a host that is not on the roll does not count", { roll: [1, 2], peers: BOTH }, "2 of 2, quorum"],
    ["nor does this host, when it is not", { roll: [2, 3], peers: [peer(2), silent(3)] }, "1 of 2, quorum"],
  ];
  for (const [what, given, expected] of rows)
    test(`${what}: ${expected}`, () => expect(votes(given)).toBe(expected));

  test("nobody, where the monitor says nothing", () => {
    const { view } = master().input(10, { hearing: "unknown" });
    expect(tallyNow(view, memoryWith())).toEqual({ members: 0, alive: 0, votes: 0, quorate: false });
  });
});

describe("tallyNow: the heuristic IPs decide a tie", () => {
  const pair = { roll: [1, 2], peers: [silent(2)] };
  const without = { ...pair, group: NOBODY_LEADS };
  const yes = { heuristics: "all-answered" } as const;
  const no = { heuristics: "not-all-answered" } as const;
  const rows: readonly [string, Votes, string][] = [
    ["they answer the leader", { ...pair, ...yes }, "1 and 1 of 2, quorum"],
    ["they answer a host that does not lead", { ...without, ...yes }, "1 and 1 of 2, quorum"],
    ["they are silent: not even for the leader", { ...pair, ...no }, "1 of 2, no quorum"],
    ["they are silent", { ...without, ...no }, "1 of 2, no quorum"],
    ["the administrator does not want them: the leader", pair, "1 of 2, quorum"],
    ["the administrator does not want them", without, "1 of 2, no quorum"],
    ["not for who was away", { ...without, ...yes, wasAway: true }, "1 of 2, no quorum"],
    ["nor for a leader that was away", { ...pair, ...yes, wasAway: true }, "1 of 2, no quorum"],
    [
      "two of four",
      {
        roll: [1, 2, 3, 4],
        peers: [peer(2, { heard: "reported", by: host(3) })],
        group: NOBODY_LEADS,
        ...yes,
      },
      "2 and 1 of 4, quorum",
    ],
    [
      "it is no tie: fewer",
      { peers: [silent(2), silent(3)], group: NOBODY_LEADS, ...yes },
      "1 of 3, no quorum",
    ],
    ["it is no tie: more", { peers: [peer(2), silent(3)], group: NOBODY_LEADS, ...yes }, "2 of 3, no quorum"],
    ["it is no tie, and they are silent: the leader", { peers: [peer(2)], ...no }, "2 of 3, quorum"],
  ];
  for (const [what, given, expected] of rows)
    test(`${what}: ${expected}`, () => expect(votes(given)).toBe(expected));
});

describe("hasTie", () => {
  const rows: readonly [string, Votes, boolean][] = [
    ["one of two", { roll: [1, 2], peers: [silent(2)] }, true],
    ["one of two, whoever leads", { roll: [1, 2], group: isLedBy(host(2)) }, true],
    ["both of two", { roll: [1, 2], peers: [peer(2)] }, false],
    ["two of four", { roll: [1, 2, 3, 4], peers: [peer(2), silent(3)] }, true],
    ["one of four", { roll: [1, 2, 3, 4] }, false],
    ["two of three", { peers: [peer(2)] }, false],
    ["a pool of one", { roll: [1] }, false],
    ["no roll", { group: { roll: null } }, false],
  ];
  for (const [what, given, expected] of rows)
    test(`${what}: ${expected}`, () => expect(hasTie(viewWith(given))).toBe(expected));
});

describe("heuristicsFor: the gateway's vote", () => {
  const { view } = master().input(10, { probes: {}, heuristics: "all-answered" });

  test("is for a host that has seen the pool since it booted", () =>
    expect(heuristicsFor(view, remembered({ sawPoolSinceBoot: true }))).toBe("all-answered"));
  test("is not for who was away: both sides of a cut can reach it", () =>
    expect(heuristicsFor(view, remembered())).toBe("not-asked"));
  test("that is missing is missing, whoever asks", () => {
    const silent = { ...view, heuristics: "not-all-answered" } as const;
    expect(heuristicsFor(silent, remembered({ sawPoolSinceBoot: true }))).toBe("not-all-answered");
  });
});
