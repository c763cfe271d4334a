import { describe, expect, test } from "bun:test";
import { heardHosts, heuristicsFor, tallyNow } from "../../../../src/core/members/vote.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import type { HostUuid } from "../../../../src/core/model/ids.ts";
import type { PeerProbe } from "../../../../src/core/model/pool-view.ts";
import {
  ALIVE,
  DEAD,
  goodView,
  healthIn,
  host,
  knownHost,
  MASTER,
  master,
  slave,
  UNKNOWN,
  XAPI_DOWN,
} from "../fixtures.ts";
import { remembered, takeOver } from "../memory/remembered.ts";
import { hearing, peer } from "./hearing.ts";

type Probes = Readonly<Record<string, PeerProbe>>;
const ALL_ALIVE = { h2: healthIn("alive"), h3: healthIn("alive") };
const LOST: PeerProbe = { icmp: "answered", xapi: "answered", follows: { kind: "lost" } };
const UNASKED: PeerProbe = { icmp: "unknown", xapi: "answered", follows: { kind: "unknown" } };

const viewOf = (probes: Probes, brain = master()) => brain.input(10, { probes }).view;

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

/** `votes of members` that the master h1 counts; in a pool of h1, h2 and h3, whose health is alive. */
function votes(probes: Probes, over: Partial<Memory> = {}, brain = master()): string {
  const tally = tallyNow(viewOf(probes, brain), remembered({ health: ALL_ALIVE, ...over }));
  return `${tally.votes} of ${tally.members}, ${tally.quorate ? "quorum" : "no quorum"}`;
}

describe("tallyNow: who has a vote", () => {
  test("who is heard itself, and not who is only reported: whom that one hears is not known here", () => {
    const memory = remembered({ health: { h2: healthIn("alive"), h3: healthIn("xapi-down") } });
    const count = (heard: "direct" | "reported") => {
      const hearings = hearing(peer(3, { heard }));
      const { view } = master().input(10, { probes: { h3: DEAD }, hearing: hearings });
      return tallyNow(view, memory).votes;
    };
    expect([count("direct"), count("reported")]).toEqual([2, 1]);
  });

  const rows: readonly [string, string, string][] = [
    ["all that answer and follow", votes({ h2: ALIVE(), h3: ALIVE() }), "3 of 3, quorum"],
    ["not who was not probed in this round", votes({ h2: ALIVE() }), "2 of 3, quorum"],
    ["this host alone", votes({}), "1 of 3, no quorum"],
    [
      "not who is alive by memory, but of whom this probe learnt nothing",
      votes({ h2: UNKNOWN }),
      "1 of 3, no quorum",
    ],
    ["who answers ping alone", votes({ h2: XAPI_DOWN }), "2 of 3, quorum"],
    ["who answers XAPI, and so was not pinged", votes({ h2: UNASKED }), "2 of 3, quorum"],
    ["who looks for a master", votes({ h2: LOST }), "2 of 3, quorum"],
    ["not a host that is no member", votes({ h4: ALIVE() }), "1 of 3, no quorum"],
    [
      "nobody, where no view was ever good",
      votes({ h2: ALIVE(), h3: ALIVE() }, { lastGood: null }),
      "0 of 0, no quorum",
    ],
    [
      "not this host itself while it is in maintenance",
      votes({ h2: ALIVE() }, { lastGood: goodView({ members: [host(2), host(3)] }) }),
      "1 of 2, no quorum",
    ],
  ];
  for (const [what, found, expected] of rows)
    test(`${what}: ${expected}`, () => expect(found).toBe(expected));

  test("a failed host has none, though it answers this probe: its health says when it is back", () =>
    expect(votes({ h2: ALIVE() }, { health: { h2: healthIn("failed") } })).toBe("1 of 3, no quorum"));
});

describe("tallyNow: a member that follows another master", () => {
  const toH3 = { h2: ALIVE(host(3)) };
  const ended = (oldMaster: HostUuid) => ({ promoted: { oldMaster, epoch: 1 } });
  const rows: readonly [string, string, string][] = [
    ["has no vote for this one", votes(toH3), "1 of 3, no quorum"],
    [
      "has one while this host replaces that master",
      votes(toH3, { promotion: takeOver({ oldMaster: host(3) }) }),
      "2 of 3, quorum",
    ],
    ["has one after this host has replaced it", votes(toH3, ended(host(3))), "2 of 3, quorum"],
    [
      "has none when this host replaces yet another",
      votes(toH3, { promotion: takeOver({ oldMaster: host(2) }) }),
      "1 of 3, no quorum",
    ],
    [
      "has none when there was no master to replace",
      votes(toH3, { promotion: takeOver({ oldMaster: null }) }),
      "1 of 3, no quorum",
    ],
    [
      "the open take-over is asked before the one that is over",
      votes(toH3, { promotion: takeOver({ oldMaster: host(2) }), ...ended(host(3)) }),
      "1 of 3, no quorum",
    ],
    [
      "has one for a slave, which is no master",
      votes({ h3: ALIVE(host(1)) }, { health: { h3: healthIn("alive") } }, slave(2)),
      "2 of 3, quorum",
    ],
  ];
  for (const [what, found, expected] of rows)
    test(`${what}: ${expected}`, () => expect(found).toBe(expected));

  test("a rival master is heard, and is no follower of another", () =>
    expect(votes({ h2: MASTER })).toBe("2 of 3, quorum"));

  test("nobody loses the vote to a master that does not know its own address", () => {
    const lastGood = goodView({
      hosts: [knownHost(host(2)), knownHost(host(3))],
      members: [host(1), host(2), host(3)],
    });
    expect(votes({ h2: ALIVE() }, { lastGood })).toBe("2 of 3, quorum");
  });
});

describe("heuristicsFor: the gateway's vote", () => {
  const { view } = master().input(10, { probes: {}, heuristics: "all-answered" });
  const two = goodView({ members: [host(1), host(2)] });
  const tie = (sawPoolSinceBoot: boolean) =>
    tallyNow(view, remembered({ lastGood: two, sawPoolSinceBoot })).quorate;

  test("breaks a tie for a host that has seen the pool since it booted", () => {
    expect(heuristicsFor(view, remembered({ sawPoolSinceBoot: true }))).toBe("all-answered");
    expect(tie(true)).toBe(true);
  });
  test("is not for who was away: both sides of a cut can reach it", () => {
    expect(heuristicsFor(view, remembered())).toBe("not-asked");
    expect(tie(false)).toBe(false);
  });
  test("that is missing is missing, whoever asks", () => {
    const silent = { ...view, heuristics: "not-all-answered" } as const;
    expect(heuristicsFor(silent, remembered({ sawPoolSinceBoot: true }))).toBe("not-all-answered");
  });
});
