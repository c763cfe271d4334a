import { describe, expect, test } from "bun:test";
import { openIncident } from "../../../../src/core/fencing/incident.ts";
import { rememberView } from "../../../../src/core/members/remember.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import type { HeardPeer } from "../../../../src/core/model/hearing.ts";
import type { HostUuid } from "../../../../src/core/model/ids.ts";
import type { PeerProbe, PoolView } from "../../../../src/core/model/pool-view.ts";
import { judgeMastership, type Mastership, namedByGroup } from "../../../../src/core/takeover/mastership.ts";
import { ALIVE, address, DEAD, database, host, hostView, MASTER, master, SETTINGS } from "../fixtures.ts";
import { hearing, OWN, peer } from "../members/hearing.ts";
import { takeOver } from "../memory/remembered.ts";
import { isLedBy, NOBODY_LEADS, type SightOver } from "../sight.ts";

interface Situation {
  readonly members?: readonly HostUuid[];
  readonly heuristics?: PoolView["heuristics"];
  /** The master that this host has replaced. */
  readonly replaced?: HostUuid;
  /** The master that it is replacing. */
  readonly replaces?: HostUuid;
  /** A host that this one has declared dead. */
  readonly declared?: HostUuid;
  /** This host has not seen the pool whole since its boot. */
  readonly wasAway?: boolean;
  /** What the monitor of this host says; default: nobody leads, so the group names nobody. */
  readonly group?: SightOver;
  /** What others say of themselves, as this host hears it; default: nothing. */
  readonly peers?: readonly HeardPeer[];
}

function judge(probes: Record<string, PeerProbe>, situation: Situation = {}): Mastership {
  const { members = [host(1), host(2), host(3)], replaced, replaces, declared } = situation;
  const { group = NOBODY_LEADS, peers = [] } = situation;
  const read = database(members.map((uuid) => hostView(uuid)));
  const heuristics = situation.heuristics ?? "not-asked";
  const round = master().input(0, {
    probes,
    database: { ok: true, value: read },
    heuristics,
    group,
    hearing: hearing(...peers),
  });
  const lastGood = rememberView(round.memory, read, { view: round.view, fieldName: SETTINGS.XC_FIELD_NAME });
  const incident = declared && { ...openIncident(declared, 0), phase: "declared" as const };
  const memory: Memory = {
    ...round.memory,
    lastGood,
    sawPoolSinceBoot: situation.wasAway !== true,
    promotion: replaces === undefined ? null : takeOver({ oldMaster: replaces }),
    promoted: replaced === undefined ? null : { oldMaster: replaced, epoch: 1 },
    incidents: incident === undefined ? {} : { [incident.host]: incident },
  };
  return judgeMastership(memory, { ...round, database: read });
}
const pair = [host(1), host(2)];
/** h3 as master, by its pool.conf. */
const SAYS_MASTER = peer(3, { own: { ...OWN, role: "master", master: host(3) } });
const UNDISPUTED: Mastership = { kind: "undisputed" };

describe("judgeMastership", () => {
  test("all follow me: undisputed", () =>
    expect(judge({ h2: ALIVE(), h3: ALIVE() }).kind).toBe("undisputed"));
  test("one of two follows, the other is silent: undisputed", () =>
    expect(judge({ h2: ALIVE(), h3: DEAD }).kind).toBe("undisputed"));
  test("nobody answers: unproven, a promotion elsewhere cannot be seen", () =>
    expect(judge({ h2: DEAD, h3: DEAD })).toEqual({ kind: "unproven", followers: 0, members: 3 }));
  test("a pool of one has nobody to ask", () =>
    expect(judge({}, { members: [host(1)] }).kind).toBe("undisputed"));
  test("two hosts, the other silent: unproven, unless the heuristic IPs break the tie", () => {
    expect(judge({ h2: DEAD }, { members: pair }).kind).toBe("unproven");
    expect(judge({ h2: DEAD }, { members: pair, heuristics: "all-answered" }).kind).toBe("undisputed");
  });
  test("a member follows another and nobody follows me: rival", () =>
    expect(judge({ h2: MASTER, h3: ALIVE(host(2)) })).toEqual({
      kind: "rival",
      host: host(2),
      address: address(host(2)),
    }));
  test("two hosts, the other is master: rival for the one without a record of a take-over", () =>
    expect(judge({ h2: MASTER }, { members: pair }).kind).toBe("rival"));
  test("two hosts, the other is the master I replaced: it is called back", () =>
    expect(judge({ h2: MASTER }, { members: pair, replaced: host(2) })).toEqual({
      kind: "calls-back",
      members: [host(2)],
    }));
  test("just promoted, everyone still follows the old master: they are called back called back", () =>
    expect(judge({ h2: DEAD, h3: ALIVE(host(2)) }, { replaced: host(2) })).toEqual({
      kind: "calls-back",
      members: [host(3)],
    }));
  test("another living master: stand down, whatever the majority says", () => {
    expect(judge({ h2: ALIVE(), h3: MASTER })).toEqual({
      kind: "rival",
      host: host(3),
      address: address(host(3)),
    });
  });
  test("a member follows someone whom I cannot see: rival, though I have never been away", () => {
    const probes = { h2: DEAD, h3: ALIVE(host(2)) };
    expect(judge(probes)).toEqual({ kind: "rival", host: host(3), address: address(host(2)) });
    expect(judge({ h2: ALIVE(), h3: ALIVE(host(9)) }).kind).toBe("rival");
  });
  test("a member follows a host that I have fenced and declared dead: it has slept, and is called back", () => {
    const probes = { h2: DEAD, h3: ALIVE(host(2)) };
    expect(judge(probes, { declared: host(2) })).toEqual({ kind: "calls-back", members: [host(3)] });
  });
  test("a member follows a host that itself follows me: it is called back, also by one who was away", () => {
    const probes = { h2: ALIVE(), h3: ALIVE(host(2)) };
    expect(judge(probes, { wasAway: true })).toEqual({ kind: "calls-back", members: [host(3)] });
  });
  test("away, followed by one of four, and the other two follow that one: they are called, and are the majority", () => {
    const members = [host(1), host(2), host(3), host(4)];
    const probes = { h2: ALIVE(), h3: ALIVE(host(2)), h4: ALIVE(host(2)) };
    expect(judge(probes, { members, wasAway: true })).toEqual({
      kind: "calls-back",
      members: [host(3), host(4)],
    });
  });
  test("a third host claims to be master after I replaced another one: rival", () =>
    expect(judge({ h2: DEAD, h3: MASTER }, { replaced: host(2) }).kind).toBe("rival"));
});

const names = (number: number, over: SightOver = {}): SightOver => ({
  ...over,
  roll: { master: host(number), ...over.roll },
});
const RIVAL = (number: number, at = address(host(number))): Mastership => ({
  kind: "rival",
  host: host(number),
  address: at,
});

describe("judgeMastership: the group has named another master", () => {
  const all = { h2: ALIVE(), h3: ALIVE() };
  const rows: readonly [string, Record<string, PeerProbe>, Situation, Mastership][] = [
    ["rival, though all follow this host", all, { group: names(3) }, RIVAL(3)],
    ["rival, though it is dead", { h2: ALIVE(), h3: DEAD }, { group: names(3) }, RIVAL(3)],
    ["rival, though nobody was probed", {}, { group: names(3) }, RIVAL(3)],
    [
      "rival, and not the one that says it is master",
      { h2: MASTER, h3: ALIVE() },
      { group: names(3) },
      RIVAL(3),
    ],
    ["rival, as this host leads and as it follows", all, { group: names(3, isLedBy(host(2))) }, RIVAL(3)],
    ["rival, of which nobody knows an address", all, { group: names(9) }, RIVAL(9, "")],
    ["rival: this host has replaced it long ago", all, { group: names(3), replaced: host(3) }, RIVAL(3)],
    ["undisputed: this host is replacing it", all, { group: names(3), replaces: host(3) }, UNDISPUTED],
    [
      "undisputed: this host is replacing it, and it says that it is a slave",
      all,
      { group: names(3), replaces: host(3), peers: [peer(3)] },
      UNDISPUTED,
    ],
    [
      "rival: this host is replacing it, and it says that it is master",
      all,
      { group: names(3), replaces: host(3), peers: [SAYS_MASTER] },
      RIVAL(3),
    ],
    [
      "rival: this host was replacing it before it booted",
      all,
      { group: names(3), replaces: host(3), wasAway: true },
      RIVAL(3),
    ],
    ["rival: this host has replaced another one", all, { group: names(3), replaced: host(2) }, RIVAL(3)],
    [
      "rival: this host has replaced it before, and is replacing another one",
      all,
      { group: names(3), replaced: host(3), replaces: host(2) },
      RIVAL(3),
    ],
    [
      "called back from it: this host is replacing it",
      { h2: ALIVE(host(3)), h3: DEAD },
      { group: names(3), replaces: host(3) },
      { kind: "calls-back", members: [host(2)] },
    ],
    [
      "rival: this host is replacing it, and a third one is master",
      { h2: MASTER, h3: DEAD },
      { group: names(3), replaces: host(3) },
      RIVAL(2),
    ],
    [
      "undisputed: its roll is not settled",
      all,
      { group: names(3, { roll: { settled: false } }) },
      UNDISPUTED,
    ],
    ["undisputed: nobody leads", all, { group: names(3, NOBODY_LEADS) }, UNDISPUTED],
  ];
  for (const [title, probes, situation, expected] of rows)
    test(title, () => expect(judge(probes, situation)).toEqual(expected));
});

describe("judgeMastership: the group has named this host", () => {
  const calls = (...numbers: readonly number[]): Mastership => ({
    kind: "calls-back",
    members: numbers.map((number) => host(number)),
  });
  const UNPROVEN: Mastership = { kind: "unproven", followers: 0, members: 3 };
  const SECOND = peer(2, { own: { ...OWN, role: "master", master: host(2) } });
  // [what, probes, what else is known, what it is while it leads]
  const rows: readonly [string, Record<string, PeerProbe>, Situation, Mastership][] = [
    ["another one is master", { h2: ALIVE(), h3: MASTER }, {}, UNDISPUTED],
    ["another one is master, and is followed", { h2: MASTER, h3: ALIVE(host(2)) }, {}, UNPROVEN],
    ["both others are masters", { h2: MASTER, h3: MASTER }, {}, UNPROVEN],
    [
      "another one is master, and this one was away",
      { h2: ALIVE(), h3: MASTER },
      { wasAway: true },
      UNDISPUTED,
    ],
    ["a member follows one that cannot be seen", { h2: DEAD, h3: ALIVE(host(2)) }, {}, calls(3)],
    ["the same, and this one was away", { h2: DEAD, h3: ALIVE(host(2)) }, { wasAway: true }, calls(3)],
    [
      "a member follows one that is merely heard as master",
      { h2: DEAD, h3: ALIVE(host(2)) },
      { peers: [SECOND] },
      UNPROVEN,
    ],
    ["a member follows one that nobody knows", { h2: ALIVE(), h3: ALIVE(host(9)) }, {}, UNDISPUTED],
  ];
  const groups: readonly [string, SightOver][] = [
    ["its mandate is over", names(1, { mandateUntilMs: -1 })],
    ["it is elected, and has no mandate yet", names(1, { lead: "elected", mandateUntilMs: null })],
    ["another one leads", names(1, isLedBy(host(2)))],
    ["the roll is not settled: it is not named", names(1, { roll: { settled: false } })],
  ];
  for (const [title, probes, situation, expected] of rows) {
    test(`${title}, and it leads: ${expected.kind}`, () =>
      expect(judge(probes, { ...situation, group: names(1) })).toEqual(expected));
    for (const [what, group] of groups)
      test(`${title}, and ${what}: rival`, () =>
        expect(judge(probes, { ...situation, group }).kind).toBe("rival"));
  }

  test("the master that it has replaced is called back, whoever leads", () => {
    for (const group of [names(1), names(1, isLedBy(host(2)))])
      expect(judge({ h2: ALIVE(), h3: MASTER }, { group, replaced: host(3) })).toEqual(calls(3));
  });
});

describe("namedByGroup", () => {
  const named = (group: SightOver) => namedByGroup(master().input(0, { group }).view);
  const rows: readonly [string, SightOver, HostUuid | null][] = [
    ["this host leads", names(2), host(2)],
    ["it is elected", names(2, { lead: "elected", mandateUntilMs: null }), host(2)],
    ["it hears the leader", names(2, isLedBy(host(3))), host(2)],
    ["its mandate is over: it names that one still", names(2, { mandateUntilMs: -1 }), host(2)],
    ["it stands for election", names(2, { lead: "stands", leader: null, mandateUntilMs: null }), null],
    ["nobody leads", names(2, NOBODY_LEADS), null],
    ["the roll is not settled", names(2, { roll: { settled: false } }), null],
    ["there is no roll", { roll: null }, null],
  ];
  for (const [title, group, expected] of rows)
    test(`${title}: ${expected ?? "not known"}`, () => expect(named(group)).toBe(expected));

  test("the monitor says nothing: not known", () => expect(namedByGroup({ hearing: "unknown" })).toBeNull());
});
