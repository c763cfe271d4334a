import { expect, test } from "bun:test";
import { readInventory } from "../../../../src/adapters/xapi/inventory.ts";
import { openSession } from "../../../../src/adapters/xapi/session.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import type { Inventory } from "../../../../src/core/model/pool-view.ts";
import { portClock } from "../../../../src/simulation/clock.ts";
import { simTransport } from "../../../../src/simulation/ports/transport.ts";
import { Caller } from "../../simulation/caller.ts";
import { api, createScript, createTestClock, never, value } from "./fixtures.ts";

const HOST = (number: number) => hostUuid(`0000000${number}-1111-4111-8111-11111111110${number}`);
const GIB = 1024 ** 3;

async function inventoryOf(caller: Caller): Promise<Inventory> {
  const clock = portClock(caller.clock, () => 0);
  const session = openSession({ transport: simTransport(caller.world, 1), clock, xeTimeoutMs: 5_000 });
  let done = false;
  const asked = readInventory({ session }, never()).finally(() => {
    done = true;
  });
  await caller.clock.runUntil(() => done, caller.clock.nowMs() + 60_000);
  const read = await asked;
  if (!read.ok) throw new Error(JSON.stringify(read.fault));
  return read.value;
}

test("what each VM needs, whether it runs or not, and what each host has", async () => {
  const caller = new Caller({
    hosts: 2,
    vms: [
      { name: "web1", on: 1, group: "web", tags: ["gold"], affinity: 2, cpus: 4, leastMemoryBytes: GIB / 2 },
      { name: "web2", group: "web", restartPriority: "best-effort", disk: 2, network: 2 },
      { name: "bare", disk: "none" },
      { name: "golden", template: true },
    ],
  });
  caller.world.host(1).database.update("PBD", "OpaqueRef:pbd-shared1", { currently_attached: false });
  const { vms, hosts, names } = await inventoryOf(caller);
  const told = vms.map(({ name, powerState, residentOn, storages, networks, tags, groups }) => ({
    ...{ name, powerState, residentOn, storages, networks, tags, groups },
  }));
  const nothing = { residentOn: null, storages: [], networks: [], tags: [], groups: [] };
  expect(told).toEqual([
    {
      ...{ name: "web1", powerState: "Running", residentOn: HOST(1), storages: ["sr-shared"], networks: [] },
      ...{ tags: ["gold"], groups: ["group-web"] },
    },
    {
      ...{ name: "web2", powerState: "Halted", residentOn: null, tags: [], groups: ["group-web"] },
      ...{ storages: ["sr-local2"], networks: ["network-own2"] },
    },
    { ...nothing, name: "bare", powerState: "Halted" },
  ]);
  const [web1, web2] = vms;
  expect([web1?.affinity, web1?.cpus, web2?.restartPriority]).toEqual([HOST(2), 4, "best-effort"]);
  expect((web1?.memoryBytes ?? 0) - (web1?.leastMemoryBytes ?? 0)).toBe(GIB / 2);
  const attached = [...hosts].map(([host, has]) => [host, [...has.storages], [...has.networks]]);
  expect(attached as unknown).toEqual([
    [HOST(1), ["sr-local1"], []],
    [HOST(2), ["sr-shared", "sr-local2"], ["network-own2"]],
  ]);
  expect([names.get("sr-local1"), names.get("network-own2")]).toEqual(["local h1", "network of h2"]);
});

const EMPTY = Object.fromEntries(
  [
    "host.get_all_records",
    "VM.get_all_records_where",
    "VBD.get_all_records_where",
    "SR.get_all_records",
    "PBD.get_all_records",
    "network.get_all_records",
    "PIF.get_all_records",
  ].map((method) => [method, () => value({})]),
);

test("without groups the class is not asked for, which an older XAPI does not know; one list that fails fails all", async () => {
  const asking = async (handlers: Parameters<typeof createScript>[0]) => {
    const { transport } = createScript(handlers);
    return readInventory(
      { session: openSession({ transport, clock: createTestClock(), xeTimeoutMs: 5_000 }) },
      never(),
    );
  };
  expect((await asking(EMPTY)).ok).toBe(true);
  for (const method of Object.keys(EMPTY)) {
    const failing = await asking({ ...EMPTY, [method]: () => api("INTERNAL_ERROR") });
    expect([method, failing.ok]).toEqual([method, false]);
  }
});
