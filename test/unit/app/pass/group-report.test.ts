import { describe, expect, test } from "bun:test";
import { groupReport } from "../../../../src/app/pass/group-report.ts";
import type { KnownHost } from "../../../../src/core/memory/last-good.ts";
import { emptyMemory, type Memory } from "../../../../src/core/memory/memory.ts";
import type { HostUuid } from "../../../../src/core/model/ids.ts";
import { address, goodView, host, incidentIn, knownHost } from "../../core/fixtures.ts";
import { takeOver } from "../../core/memory/remembered.ts";

const SETTINGS = {
  HEARTBEAT_PORT: 694,
  FENCE_USE_IP_HEURISTICS: false,
  FENCE_QUORUM_REQUIRED: true,
};
const memory = (over: Partial<NonNullable<Memory["lastGood"]>> = {}): Memory => ({
  ...emptyMemory("b"),
  lastGood: goodView(over),
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

  test("HA that is neither on nor off is not known", () =>
    expect(groupReport(host(1), memory({ haFlag: "unset" }), SETTINGS).haWished).toBeNull());

  describe("replaced: the master of the take-over that is open, in this boot", () => {
    const promotion = takeOver({ oldMaster: host(2) });
    const promoted = { oldMaster: host(3), epoch: 1 };
    const rows: readonly [string, Partial<Memory>, HostUuid | null][] = [
      ["none is open", {}, null],
      ["one is open", { promotion }, host(2)],
      ["the last one is over", { promoted }, null],
      ["one is open after another one", { promotion, promoted }, host(2)],
      ["one is open, of nobody", { promotion: takeOver({ oldMaster: null }) }, null],
      ["one is open from before this boot", { promotion, sawPoolSinceBoot: false }, null],
    ];
    for (const [title, over, expected] of rows)
      test(`${title}: ${expected ?? "nobody"}`, () => {
        const known = { ...memory(), sawPoolSinceBoot: true, ...over };
        expect(groupReport(host(1), known, SETTINGS).replaced).toBe(expected);
      });
    test("a host that has never seen its pool: nobody", () =>
      expect(groupReport(host(1), { ...emptyMemory("b"), promotion }, SETTINGS).replaced).toBeNull());
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
