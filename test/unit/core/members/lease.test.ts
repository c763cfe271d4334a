import { describe, expect, test } from "bun:test";
import { isOffByLease } from "../../../../src/core/members/lease.ts";
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
