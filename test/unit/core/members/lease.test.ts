import { describe, expect, test } from "bun:test";
import { isEntered, isOffByLease } from "../../../../src/core/members/lease.ts";
import type { HostUuid } from "../../../../src/core/model/ids.ts";
import { goodView, host, knownHost, masterRound, memoryWith } from "../fixtures.ts";

describe("isOffByLease: h2, whose boot was heard of last at 5 s", () => {
  const off = (
    {
      bootedAtMs = 0,
      heardMs = 5_000,
      knows = true,
    }: { bootedAtMs?: number; heardMs?: number | null; knows?: boolean } = {},
    group: NonNullable<Parameters<typeof masterRound>[1]>["group"] = {},
  ) => {
    const hosts = [knownHost(host(1)), ...(knows ? [knownHost(host(2), { bootedAtMs })] : [])];
    const memory = memoryWith({ lastGood: goodView({ hosts }) });
    const leaseOver = [{ host: host(2), heardMs }];
    return isOffByLease(host(2), memory, masterRound(memory, { group: { leaseOver, ...group } }).view);
  };

  test("it is off", () => expect(off()).toBe(true));
  test("not for a host without mandate", () => expect(off({}, { mandateUntilMs: null })).toBe(false));
  test("not while its lease runs", () => expect(off({}, { leaseOver: [] })).toBe(false));
  test("not when it has booted since, and its monitor says nothing", () =>
    expect(off({ bootedAtMs: 6_000 })).toBe(false));
  test("not when this host has never heard of that boot: it may be long over", () =>
    expect(off({ heardMs: null })).toBe(false));
  describe("of the master, whose database tells nothing of a boot, for a quarter of an hour", () => {
    const after = (s: number, master: HostUuid) => {
      const hosts = [1, 2].map((number) => knownHost(host(number)));
      const memory = memoryWith({ lastGood: goodView({ hosts, master }) });
      const nowMs = 5_000 + s * 1_000;
      const group = { leaseOver: [{ host: host(2), heardMs: 5_000 }], mandateUntilMs: nowMs + 1_000 };
      return isOffByLease(host(2), memory, { ...masterRound(memory, { group }).view, nowMs });
    };
    test("then", () => expect(after(900, host(2))).toBe(true));
    test("and no longer: a person may have started VMs there", () => expect(after(901, host(2))).toBe(false));
    test("of a slave for good", () => expect(after(90_000, host(1))).toBe(true));
  });
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
