import { expect, test } from "bun:test";
import { renderStop, STOP_KEY, type Stop, stopOf } from "../../../../src/core/model/stop.ts";
import { host, vm } from "../fixtures.ts";

test.each<readonly [Stop]>([
  [{ who: "client-clean", atMs: 1_795_842_054_000, host: host(2) }],
  [{ who: "guest", atMs: null, host: null }],
])("stopOf: reads what renderStop has written, of the VM that it names alone: %p", (stop) => {
  const keys = { [STOP_KEY]: renderStop(vm("web"), stop) };
  expect(stopOf(vm("web"), keys)).toEqual(stop);
  expect(stopOf(vm("clone"), keys)).toBeNull();
});

test.each([
  [""],
  ["web"],
  ["web somebody 17 h2"],
  ["web guest yesterday h2"],
  ["web guest 17 h2 more"],
  ["web guest 17"],
])("stopOf: what this program has not written says nothing: %p", (value) => {
  expect(stopOf(vm("web"), { [STOP_KEY]: value })).toBeNull();
});
