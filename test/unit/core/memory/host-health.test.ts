import { expect, test } from "bun:test";
import { type HostHealth, isHostHealth } from "../../../../src/core/memory/host-health.ts";
import { expectShape } from "./expect-shape.ts";

const health: HostHealth = {
  state: "suspect",
  sinceMs: 1,
  failedRetries: 1,
  lastRetryMs: 2,
  xapiSilentSinceMs: 1,
  pings: false,
};

test("isHostHealth: what a host remembers of a peer", () => expectShape(isHostHealth, health));

test("isHostHealth: a state that nobody knows decides nothing about a host", () => {
  expect(isHostHealth({ ...health, xapiSilentSinceMs: null })).toBe(true);
  expect(isHostHealth({ ...health, state: "dead" })).toBe(false);
});
