import { describe, expect, test } from "bun:test";
import { groupReport } from "../../../../src/app/pass/group-report.ts";
import { emptyMemory, type Memory } from "../../../../src/core/memory/memory.ts";
import { address, goodView, host, knownHost } from "../../core/fixtures.ts";

const SETTINGS = { HEARTBEAT_PORT: 694 };
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
});
