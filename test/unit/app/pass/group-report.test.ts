import { describe, expect, test } from "bun:test";
import { groupReport } from "../../../../src/app/pass/group-report.ts";
import type { Settings } from "../../../../src/config/params.ts";
import type { KnownHost } from "../../../../src/core/memory/last-good.ts";
import { emptyMemory, type Memory } from "../../../../src/core/memory/memory.ts";
import type { HostUuid } from "../../../../src/core/model/ids.ts";
import { address, goodView, host, incidentIn, knownHost } from "../../core/fixtures.ts";

const SETTINGS = {
  HEARTBEAT_PORT: 694,
  PROMOTE_SLAVE: true,
  TIE_BREAKER: "none" as Settings["TIE_BREAKER"],
  TIE_BREAKER_PLACE: "",
  FENCE_USE_IP_HEURISTICS: false,
  FENCE_QUORUM_REQUIRED: true,
  FENCE_ENABLED: true,
  FENCE_METHOD: "IPMI",
  FENCE_WATCHDOG_TIMEOUT: 30,
};
/** Of a host that has read the pool in this boot, unless `atMs` is 0. */
const memory = (over: Partial<NonNullable<Memory["lastGood"]>> = {}): Memory => ({
  ...emptyMemory("b"),
  lastGood: goodView({ atMs: 5, ...over }),
});

describe("groupReport", () => {
  test("a host that has never seen its pool knows nobody, and says where it can be greeted", () =>
    expect(groupReport(host(1), emptyMemory("b"), SETTINGS)).toMatchObject({
      self: host(1),
      pool: null,
      port: 694,
      peers: [],
    }));

  test("who may fence without a majority by the administrator's choice needs company to lead", () => {
    const needs = (over: Partial<typeof SETTINGS>) =>
      groupReport(host(1), memory(), { ...SETTINGS, ...over }).needsCompany;
    expect(needs({})).toBe(false);
    expect(needs({ FENCE_USE_IP_HEURISTICS: true })).toBe(true);
    expect(needs({ TIE_BREAKER: "ip" })).toBe(true);
    expect(needs({ FENCE_QUORUM_REQUIRED: false })).toBe(true);
  });

  test("the other hosts and their addresses, from the last good view", () =>
    expect(groupReport(host(1), memory(), SETTINGS)).toMatchObject({
      self: host(1),
      port: 694,
      peers: [
        { host: host(2), addresses: [address(host(2))] },
        { host: host(3), addresses: [address(host(3))] },
      ],
      enabled: true,
      haWished: true,
    }));

  test("every address of a host: the one that XAPI uses first, no more than eight", () => {
    const many = Array.from({ length: 20 }, (_, index) => `192.0.2.${index}`);
    const hosts = [host(1), host(2)].map((uuid) => knownHost(uuid, { otherAddresses: many }));
    expect(groupReport(host(1), memory({ hosts }), SETTINGS).peers).toEqual([
      { host: host(2), addresses: [address(host(2)), ...many.slice(0, 7)] },
    ]);
  });

  test("a host without an address stays a peer, and is not written to", () => {
    const hosts = [knownHost(host(1)), { ...knownHost(host(2)), address: "" }];
    expect(groupReport(host(1), memory({ hosts }), SETTINGS).peers).toEqual([
      { host: host(2), addresses: [] },
    ]);
  });

  test("changes: on the master those of its database, on a slave those of its copy of this master's", () => {
    const changes = (self: number, copy: Memory["copy"] = null) =>
      groupReport(host(self), { ...memory({ changes: 8 }), copy }, SETTINGS).changes;
    const copyOf = (master: number) => ({ master: host(master), changes: 7, currentAtMs: 1, notBeforeMs: 2 });
    expect(changes(1)).toBe(8);
    expect(changes(2)).toBeNull();
    expect(changes(2, copyOf(1))).toBe(7);
    expect(changes(2, copyOf(3))).toBeNull();
  });

  describe("is HA wished for", () => {
    const wished = (over: Partial<NonNullable<Memory["lastGood"]>>) =>
      groupReport(host(1), memory(over), SETTINGS).haWished;
    const rows: readonly [string, boolean | null, boolean | null][] = [
      ["on", wished({ haFlag: "on" }), true],
      ["off", wished({ haFlag: "off" }), false],
      ["neither on nor off: not known", wished({ haFlag: "unset" }), null],
      ["on, as it was read before the last boot: not known", wished({ haFlag: "on", atMs: 0 }), null],
      ["off, as it was read before the last boot: not known", wished({ haFlag: "off", atMs: 0 }), null],
    ];
    for (const [title, found, expected] of rows) test(title, () => expect(found).toBe(expected));
    test("by a host that has never seen its pool: not known", () =>
      expect(groupReport(host(1), emptyMemory("b"), SETTINGS).haWished).toBeNull());
  });

  test("office: that of its own database", () => {
    const office = (given: Memory) => groupReport(host(1), given, SETTINGS).office;
    expect(office(memory({ office: "7.b.2" }))).toBe("7.b.2");
    expect([office(memory()), office(emptyMemory("b"))]).toEqual([null, null]);
  });

  describe("is it enabled", () => {
    const is = (self: number, PROMOTE_SLAVE: boolean, over: Partial<KnownHost> = {}) => {
      const hosts = [1, 2].map((number) => knownHost(host(number), over));
      return groupReport(host(self), memory({ hosts }), { ...SETTINGS, PROMOTE_SLAVE }).enabled;
    };
    const rows: readonly [string, boolean | null, boolean | null][] = [
      ["a slave that is", is(2, true), true],
      ["a slave in maintenance", is(2, true, { enabled: false }), false],
      ["a host that the pool does not have: not known", is(3, true), null],
      // Whoever does not know leaves the lead to a host that may take the master's place.
      ["a slave with PROMOTE_SLAVE=0: not known", is(2, false), null],
      ["the master with PROMOTE_SLAVE=0", is(1, false), true],
    ];
    for (const [title, found, expected] of rows) test(title, () => expect(found).toBe(expected));
  });

  test("the successor is the first of the ranking", () => {
    const successor = (ranking: readonly HostUuid[]) =>
      groupReport(host(1), memory({ ranking }), SETTINGS).successor;
    expect([successor([host(3), host(2)]), successor([])]).toEqual([host(3), null]);
  });

  test("a host that an older database has lost is a peer, with its addresses", () => {
    const hosts = [knownHost(host(1)), knownHost(host(2))];
    expect(groupReport(host(1), memory({ hosts, forgotten: [knownHost(host(3))] }), SETTINGS).peers).toEqual([
      { host: host(2), addresses: [address(host(2))] },
      { host: host(3), addresses: [address(host(3))] },
    ]);
  });
});

describe("groupReport: hosts in maintenance", () => {
  const off = { enabled: false };
  const third = (over: Partial<KnownHost>, members = [host(1), host(2)]) => ({
    hosts: [knownHost(host(1)), knownHost(host(2)), knownHost(host(3), over)],
    members,
  });
  const maintenance = (over: Parameters<typeof memory>[0], more: Partial<Memory> = {}, self = host(1)) =>
    groupReport(self, { ...memory(over), ...more }, SETTINGS).maintenance.join() || "none";
  const rows: readonly [string, string, string][] = [
    ["disabled, and no member any more", maintenance(third(off)), "h3"],
    ["enabled", maintenance(third({})), "none"],
    ["disabled by the start of its xapi", maintenance(third({ ...off, disabledByStart: true })), "none"],
    ["disabled only just now: still a member", maintenance(third(off, [host(1), host(2), host(3)])), "none"],
    [
      "disabled because it has failed",
      maintenance(third(off), { incidents: incidentIn("declared") }),
      "none",
    ],
    [
      "while another one has failed",
      maintenance(third(off), { incidents: incidentIn("open", { uuid: host(2) }) }),
      "h3",
    ],
    ["as a slave knows it: that is not said", maintenance(third(off), {}, host(2)), "none"],
    [
      "this master itself",
      maintenance({ ...third({}), hosts: [knownHost(host(1), off)], members: [] }),
      "h1",
    ],
  ];
  for (const [title, found, expected] of rows)
    test(`${title}: ${expected}`, () => expect(found).toBe(expected));

  test("a host that has never seen its pool knows of none", () =>
    expect(groupReport(host(1), emptyMemory("b"), SETTINGS)).toMatchObject({
      maintenance: [],
      successor: null,
    }));
});
