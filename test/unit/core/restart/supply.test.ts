import { describe, expect, test } from "bun:test";
import type { Supply } from "../../../../src/core/memory/down.ts";
import { hasGained, supplyOf } from "../../../../src/core/restart/supply.ts";
import { database, host, hostView } from "../fixtures.ts";

describe("supplyOf", () => {
  test("only hosts in service count, and the most that one of them has free", () => {
    const hosts = [
      hostView(host(1), { freeMemoryBytes: 300 }),
      hostView(host(2), { freeMemoryBytes: 900, enabled: false }),
      hostView(host(3), { freeMemoryBytes: 800, live: false }),
      hostView(host(4), { freeMemoryBytes: "unknown" }),
    ];
    const supply = supplyOf(database(hosts, { storage: ["pbd-1"] }));
    expect(supply).toEqual({ hosts: [host(1), host(4)], freeBytes: 300, storage: ["pbd-1"] });
  });

  test("a pool without a host in service has nothing", () => {
    expect(supplyOf(database([]))).toEqual({ hosts: [], freeBytes: 0, storage: null });
  });
});

describe("hasGained", () => {
  const before: Supply = { hosts: [host(1), host(2)], freeBytes: 100, storage: ["a", "b"] };
  const rows: readonly [string, Supply, Partial<Supply>, boolean][] = [
    ["nothing has changed", before, {}, false],
    ["a host has come", before, { hosts: [host(1), host(2), host(3)] }, true],
    ["one host has gone", before, { hosts: [host(1)] }, false],
    ["one host has come and another has gone", before, { hosts: [host(1), host(3)] }, true],
    ["storage is attached that was not", before, { storage: ["a", "b", "c"] }, true],
    ["storage was detached", before, { storage: ["a"] }, false],
    ["storage was not read then", { ...before, storage: null }, { storage: ["a"] }, false],
    ["storage is not read now", before, { storage: null }, false],
    ["memory has become enough", before, { freeBytes: 500 }, true],
    ["memory is more, and still too little", before, { freeBytes: 499 }, false],
    ["memory was enough already", { ...before, freeBytes: 500 }, { freeBytes: 900 }, false],
  ];
  for (const [title, then, change, gained] of rows)
    test(`${title}: ${gained ? "gained" : "not gained"}`, () =>
      expect(hasGained(then, { ...then, ...change }, 500)).toBe(gained));
});
