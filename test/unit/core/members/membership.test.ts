import { describe, expect, test } from "bun:test";
import {
  countMembers,
  type MembershipInput,
  rememberForgotten,
  rememberHosts,
} from "../../../../src/core/members/membership.ts";
import type { KnownHost, LastGoodView } from "../../../../src/core/memory/last-good.ts";
import type { HostView } from "../../../../src/core/model/pool-view.ts";
import { goodView, host, hostView, knownHost, three } from "../fixtures.ts";

const NOW_MS = 1_000_000;
const ago = (seconds: number) => NOW_MS - seconds * 1_000;

describe("rememberHosts", () => {
  /** What is remembered of h3 at NOW_MS; h1 is the master, and its xapi started again if `masterStarts`. */
  function remember(
    before: Partial<KnownHost> | null,
    seen: Partial<HostView>,
    masterStarts = false,
  ): KnownHost {
    const others = [knownHost(host(1)), knownHost(host(2))];
    const hosts = before === null ? others : [...others, knownHost(host(3), before)];
    const known = rememberHosts({
      previous: goodView({ hosts }),
      hosts: [
        hostView(host(1), { xapiStartTime: masterStarts ? "2." : "1." }),
        hostView(host(2)),
        hostView(host(3), seen),
      ],
      master: host(1),
      nowMs: NOW_MS,
    });
    const found = known.find(({ uuid }) => uuid === host(3));
    if (found === undefined) throw new Error("h3 is not remembered");
    return found;
  }

  test("name and address are those of the database", () =>
    expect(remember({}, { name: "new", address: "10.0.9.9" })).toMatchObject({
      name: "new",
      address: "10.0.9.9",
    }));

  const KNOWN = ["192.0.2.3"];
  const addresses: readonly [
    string,
    Partial<KnownHost> | null,
    HostView["otherAddresses"],
    readonly string[],
  ][] = [
    ["other addresses are those that were read", { otherAddresses: KNOWN }, ["192.0.2.9"], ["192.0.2.9"]],
    ["and stay while they are not read", { otherAddresses: KNOWN }, null, KNOWN],
    ["they go when there are none any more", { otherAddresses: KNOWN }, [], []],
    ["a new host has none until they are read", null, null, []],
  ];
  for (const [what, before, otherAddresses, expected] of addresses)
    test(what, () => expect(remember(before, { otherAddresses }).otherAddresses).toEqual([...expected]));

  const starts: readonly [string, Partial<KnownHost> | null, Partial<HostView>, number][] = [
    ["a start that is known keeps its time", { xapiStartedAtMs: 7 }, {}, 7],
    ["another start time is a start now", { xapiStartedAtMs: 7 }, { xapiStartTime: "2." }, NOW_MS],
    ["a start time that is gone is a start now", { xapiStartedAtMs: 7 }, { xapiStartTime: null }, NOW_MS],
    ["a host that is new has started now", null, {}, NOW_MS],
  ];
  for (const [what, before, seen, atMs] of starts)
    test(what, () => expect(remember(before, seen).xapiStartedAtMs).toBe(atMs));

  const off: Partial<KnownHost> = { enabled: false, disabledSinceMs: 5 };
  const disabled: readonly [string, Partial<KnownHost> | null, Partial<HostView>, number | null][] = [
    ["an enabled host is disabled since never", {}, {}, null],
    ["a host that is disabled now is disabled since now", {}, { enabled: false }, NOW_MS],
    ["one that was disabled before is disabled since then", off, { enabled: false }, 5],
    ["one that is enabled again begins anew", off, { enabled: true }, null],
    ["one that is new and disabled is disabled since now", null, { enabled: false }, NOW_MS],
  ];
  for (const [what, before, seen, sinceMs] of disabled)
    test(what, () => expect(remember(before, seen).disabledSinceMs).toBe(sinceMs));

  const RESTARTED = { enabled: false, xapiStartTime: "2." };
  const causes: readonly [string, KnownHost, boolean][] = [
    [
      "a host that becomes disabled while nobody starts: somebody's wish",
      remember({}, { enabled: false }),
      false,
    ],
    ["a host that becomes disabled when its xapi starts", remember({}, RESTARTED), true],
    [
      "a host that becomes disabled when the master's xapi starts",
      remember({}, { enabled: false }, true),
      true,
    ],
    ["a start does not disable who stays enabled", remember({}, { xapiStartTime: "2." }, true), false],
    [
      "it stays disabled by that start",
      remember({ ...off, disabledByStart: true }, { enabled: false }),
      true,
    ],
    ["until it is enabled", remember({ ...off, disabledByStart: true }, {}), false],
    ["a host in maintenance whose xapi starts stays in maintenance", remember(off, RESTARTED), false],
    [
      "a host in maintenance stays so when the master's starts",
      remember(off, { enabled: false }, true),
      false,
    ],
    ["a host that is new and disabled", remember(null, { enabled: false }), false],
  ];
  for (const [what, known, byStart] of causes)
    test(`${what}: ${byStart ? "disabled by a start" : "not by a start"}`, () =>
      expect(known.disabledByStart).toBe(byStart));

  test("a host becomes disabled under a master that the database does not have: disabled by a start", () => {
    const hosts = [hostView(host(3), { enabled: false })];
    const known = rememberHosts({ previous: goodView(), hosts, master: host(9), nowMs: NOW_MS });
    expect(known.map(({ disabledByStart }) => disabledByStart)).toEqual([true]);
  });

  test("the first view of all: everything is new, nobody was disabled by a start", () => {
    const hosts = [hostView(host(1)), hostView(host(2), { enabled: false })];
    expect(rememberHosts({ previous: null, hosts, master: host(1), nowMs: NOW_MS })).toEqual([
      knownHost(host(1), { xapiStartedAtMs: NOW_MS, bootedAtMs: NOW_MS, enabledSinceMs: NOW_MS }),
      knownHost(host(2), {
        ...{
          xapiStartedAtMs: NOW_MS,
          bootedAtMs: NOW_MS,
          enabled: false,
          enabledSinceMs: null,
          disabledSinceMs: NOW_MS,
        },
      }),
    ]);
  });
});

/** The members of a pool of h1 (master), h2 and h3, where h3 is what a test is about. */
function members(
  h3: Partial<KnownHost>,
  over: Partial<MembershipInput> = {},
  h1: Partial<KnownHost> = {},
): string {
  const known = [knownHost(host(1), h1), knownHost(host(2)), knownHost(host(3), h3)];
  const input: MembershipInput = {
    previous: goodView(),
    hosts: three(),
    master: host(1),
    nowMs: NOW_MS,
    frozen: false,
    fenced: new Map(),
    answers: () => true,
    ...over,
  };
  return countMembers(input, known).join(" ");
}

/** In maintenance beyond doubt: disabled for a minute, and every xapi has been up for three. */
const MAINTENANCE: Partial<KnownHost> = {
  enabled: false,
  disabledSinceMs: ago(60),
  xapiStartedAtMs: ago(180),
};
/** h3 was no member in the view before. */
const OUTSIDE = goodView({ members: [host(1), host(2)] });
const fenced = (proved: boolean) => ({ fenced: new Map([[host(3), proved]]) });

describe("countMembers: maintenance leaves the quorum", () => {
  const rows: readonly [string, string, string][] = [
    ["an enabled host counts", members({}), "h1 h2 h3"],
    ["maintenance is believed", members(MAINTENANCE), "h1 h2"],
    [
      "not of a host that is silent or follows another",
      members(MAINTENANCE, { answers: () => false }),
      "h1 h2 h3",
    ],
    ["not within a minute", members({ ...MAINTENANCE, disabledSinceMs: ago(59) }), "h1 h2 h3"],
    ["not while its xapi starts", members({ ...MAINTENANCE, xapiStartedAtMs: ago(179) }), "h1 h2 h3"],
    [
      "not while the master's xapi starts",
      members(MAINTENANCE, {}, { xapiStartedAtMs: ago(179) }),
      "h1 h2 h3",
    ],
    [
      "not under a master that the database does not have",
      members(MAINTENANCE, { master: host(9) }),
      "h1 h2 h3",
    ],
    ["of the asked host only", members(MAINTENANCE, { answers: ({ uuid }) => uuid !== host(3) }), "h1 h2 h3"],
    ["the master itself may be in maintenance", members({}, {}, MAINTENANCE), "h2 h3"],
  ];
  for (const [what, found, expected] of rows)
    test(`${what}: ${expected}`, () => expect(found).toBe(expected));
});

describe("countMembers: who is disabled stays what it was", () => {
  const STARTING = { ...MAINTENANCE, xapiStartedAtMs: NOW_MS };
  const rows: readonly [string, string, string][] = [
    ["a member whose xapi starts stays one", members(STARTING), "h1 h2 h3"],
    ["who was none stays none", members(STARTING, { previous: OUTSIDE }), "h1 h2"],
    ["who was none counts when it is enabled", members({}, { previous: OUTSIDE }), "h1 h2 h3"],
    [
      "in the first view of all, a host that may be starting counts",
      members(STARTING, { previous: null }),
      "h1 h2 h3",
    ],
    ["in the first view of all, maintenance is believed", members(MAINTENANCE, { previous: null }), "h1 h2"],
  ];
  for (const [what, found, expected] of rows)
    test(`${what}: ${expected}`, () => expect(found).toBe(expected));

  test("a host that the database has no longer is no member", () =>
    expect(
      countMembers(
        {
          previous: goodView(),
          hosts: three().slice(0, 2),
          master: host(1),
          nowMs: NOW_MS,
          frozen: false,
          fenced: new Map(),
          answers: () => true,
        },
        [knownHost(host(2)), knownHost(host(1))],
      ),
    ).toEqual([host(1), host(2)]));
});

describe("countMembers: who was fenced", () => {
  const rows: readonly [string, string, string][] = [
    ["a proof ends membership, whatever the database says", members({}, fenced(true)), "h1 h2"],
    [
      "POOL's word does not, though the database has it disabled",
      members(MAINTENANCE, fenced(false)),
      "h1 h2 h3",
    ],
    [
      "POOL's word makes nobody a member",
      members(MAINTENANCE, { ...fenced(false), previous: OUTSIDE }),
      "h1 h2",
    ],
    [
      "fenced without a proof and enabled: it counts",
      members({}, { ...fenced(false), previous: OUTSIDE }),
      "h1 h2 h3",
    ],
  ];
  for (const [what, found, expected] of rows)
    test(`${what}: ${expected}`, () => expect(found).toBe(expected));
});

describe("countMembers: during a promotion membership stands still", () => {
  const frozen = { frozen: true };
  const rows: readonly [string, string, string][] = [
    ["maintenance does not leave", members(MAINTENANCE, frozen), "h1 h2 h3"],
    ["nobody joins", members({}, { ...frozen, previous: OUTSIDE }), "h1 h2"],
    ["only a proof of death ends membership", members({}, { ...frozen, ...fenced(true) }), "h1 h2"],
    ["POOL's word does not", members({}, { ...frozen, ...fenced(false) }), "h1 h2 h3"],
    [
      "without a view before there is nothing to keep",
      members(MAINTENANCE, { ...frozen, previous: null }),
      "h1 h2",
    ],
  ];
  for (const [what, found, expected] of rows)
    test(`${what}: ${expected}`, () => expect(found).toBe(expected));
});

describe("rememberForgotten", () => {
  const forgotten = (before: Partial<LastGoodView>, seen: readonly HostView[]) =>
    rememberForgotten({ previous: goodView(before), hosts: seen, master: host(1), nowMs: NOW_MS }).map(
      ({ uuid }) => uuid,
    );
  const [h1 = hostView(host(1)), h2 = hostView(host(2)), h3 = hostView(host(3))] = three();
  const restarted = { ...h1, xapiStartTime: "2." };

  test("a host that vanishes when the master's xapi starts is remembered until it is there again", () => {
    expect(forgotten({}, [restarted, h2])).toEqual([host(3)]);
    const later = { hosts: [knownHost(host(1), { xapiStartTime: "2." }), knownHost(host(2))] };
    expect(forgotten({ ...later, forgotten: [knownHost(host(3))] }, [restarted, h2])).toEqual([host(3)]);
    expect(forgotten({ ...later, forgotten: [knownHost(host(3))] }, [restarted, h2, h3])).toEqual([]);
  });

  test("one that vanishes without that was ejected", () => expect(forgotten({}, [h1, h2])).toEqual([]));
});

describe("rememberHosts: when a host has booted", () => {
  const booted = (before: string | null, now: string | null): number | undefined => {
    const hosts = [knownHost(host(1)), knownHost(host(2), { bootTime: before, bootedAtMs: 7 })];
    const previous = goodView({ hosts });
    const views = [hostView(host(1)), hostView(host(2), { bootTime: now })];
    return rememberHosts({ previous, hosts: views, master: host(1), nowMs: 9 })[1]?.bootedAtMs;
  };
  const rows: readonly [string, string | null, string | null, number][] = [
    ["the same time", "100.", "100.", 7],
    ["a little later, for its clock was set", "100.", "104.", 7],
    ["another boot", "100.", "180.", 9],
    ["it does not say", "100.", null, 9],
    ["it did not say before", null, "100.", 9],
  ];
  for (const [what, before, now, expected] of rows)
    test(what, () => expect(booted(before, now)).toBe(expected));
});
