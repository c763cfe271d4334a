import { describe, expect, test } from "bun:test";
import { isEntered, isOffByLease } from "../../../../src/core/members/lease.ts";
import { goodView, host, knownHost, masterRound, memoryWith } from "../fixtures.ts";

describe("isOffByLease: h2, of which nothing was acknowledged since 5 s", () => {
  const off = (
    { xapiStartedAtMs = 0, knows = true }: { xapiStartedAtMs?: number; knows?: boolean } = {},
    group: NonNullable<Parameters<typeof masterRound>[1]>["group"] = {},
  ) => {
    const hosts = [knownHost(host(1)), ...(knows ? [knownHost(host(2), { xapiStartedAtMs })] : [])];
    const memory = memoryWith({ lastGood: goodView({ hosts }) });
    const leaseOver = [{ host: host(2), sinceMs: 5_000 }];
    return isOffByLease(host(2), memory, masterRound(memory, { group: { leaseOver, ...group } }).view);
  };

  test("it is off", () => expect(off()).toBe(true));
  test("not for a host without mandate", () => expect(off({}, { mandateUntilMs: null })).toBe(false));
  test("not while its lease runs", () => expect(off({}, { leaseOver: [] })).toBe(false));
  test("not when its xapi has started since: it has booted, and its monitor says nothing", () =>
    expect(off({ xapiStartedAtMs: 6_000 })).toBe(false));
  test("not a host that is not known", () => expect(off({ knows: false })).toBe(false));
});

describe("isEntered: may VMs be placed on h2?", () => {
  const entered = (hosts: readonly number[], methods: string) =>
    isEntered(
      host(2),
      masterRound(memoryWith(), { group: { roll: { entered: hosts.map(host) } } }).view,
      methods,
    );
  test("where it is heard in the boot that the roll has", () =>
    expect(entered([1, 2], "WATCHDOG")).toBe(true));
  test("not where it has booted since", () => expect(entered([1], "IPMI,WATCHDOG")).toBe(false));
  test("without leases nobody asks", () => expect(entered([1], "IPMI")).toBe(true));
});
