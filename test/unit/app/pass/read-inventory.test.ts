import { expect, test } from "bun:test";
import { type InventoryLook, readInventory } from "../../../../src/app/pass/read-inventory.ts";
import { resolveSettings } from "../../../../src/config/resolve.ts";
import type { Inventory, XapiResult } from "../../../../src/core/model/pool-view.ts";
import { neverAborts } from "../../../../src/ports/deadline.ts";
import { portClock, VirtualClock } from "../../../../src/simulation/clock.ts";
import { database, haltedVm, host, hostView, memoryWith } from "../../core/fixtures.ts";
import { inventoryOf } from "../../core/placement/pools.ts";

const DOWN = database([hostView(host(1))], { halted: [haltedVm("a")] });
const { settings } = resolveSettings({ override: {}, pool: null, lastGood: {} });

function looker(answer: () => Promise<XapiResult<Inventory>>) {
  const time = new VirtualClock();
  const look: InventoryLook = { inventory: null, atMs: null };
  let asked = 0;
  const xapi = {
    readInventory: () => {
      asked += 1;
      return answer();
    },
  };
  const given = { look, clock: portClock(time, () => 0), xapi, memory: memoryWith(), settings };
  return { time, asked: () => asked, read: (seen = DOWN) => readInventory(given, seen, neverAborts()) };
}

test("read when there is a VM to start, and good for ten seconds of a pass", async () => {
  const found = inventoryOf([haltedVm("a")]);
  const { time, asked, read } = looker(async () => ({ ok: true, value: found }));
  expect(await read(database([hostView(host(1))]))).toBeNull();
  expect(asked()).toBe(0);
  expect([await read(), await read()]).toEqual([found, found]);
  expect(asked()).toBe(1);
  await time.run(10_000);
  expect([await read(), asked()]).toEqual([found, 2]);
});

test("a database that refuses, or hangs, holds nobody up: nothing is known", async () => {
  const refusing = looker(async () => ({ ok: false, fault: { kind: "timeout" } }));
  expect(await refusing.read()).toBeNull();
  const hanging = looker(() => new Promise<never>(() => undefined));
  const reading = hanging.read();
  await hanging.time.run(10_000);
  expect(await reading).toBeNull();
});

test("a look at a pool that is well is given up after two seconds, and no start that follows is placed without one", async () => {
  const well = database([hostView(host(1))]);
  let hangs = true;
  const found = inventoryOf([haltedVm("a")]);
  const late = looker(() =>
    hangs ? new Promise<never>(() => undefined) : Promise.resolve({ ok: true, value: found }),
  );
  await late.time.run(300_000);
  const reading = late.read(well);
  await late.time.run(2_000);
  expect(await reading).toBeNull();
  hangs = false;
  expect(await late.read()).toEqual(found);
});
