import { describe, expect, test } from "bun:test";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import type { ResidentVm } from "../../../../src/core/model/pool-view.ts";
import { stampHomePools } from "../../../../src/core/restart/stamp-home-pools.ts";
import {
  database,
  healthIn,
  host,
  hostView,
  masterRound,
  memoryWith,
  POOL,
  type Situation,
  short,
  vm,
} from "../fixtures.ts";
import { takeOver } from "../memory/remembered.ts";

const never = (name: string): ResidentVm => ({ uuid: vm(name), homePool: null });

/** The stamps of a round in which the master has these VMs, h2 one and h3 one. */
function stamps(own: readonly ResidentVm[], over: Partial<Memory> = {}, situation: Situation = {}) {
  const hosts = [
    hostView(host(1), { residents: own }),
    hostView(host(2), { residents: [never("second")] }),
    hostView(host(3), { residents: [never("third")] }),
  ];
  const health = { h2: healthIn("alive"), h3: healthIn("failed") };
  const memory = memoryWith({ health, ...over });
  return stampHomePools(memory, masterRound(memory, { database: database(hosts), ...situation })).actions;
}

describe("stampHomePools", () => {
  test("stampHomePools: what runs on the master and on hosts that live, and has another home or none", () => {
    const own: readonly ResidentVm[] = [
      never("new"),
      { uuid: vm("moved"), homePool: "another" },
      { uuid: vm("old"), homePool: POOL },
    ];
    expect(short(stamps(own))).toEqual([
      "stamp-home-pool new",
      "stamp-home-pool moved",
      "stamp-home-pool second",
    ]);
    expect(stamps(own)[0]).toMatchObject({ pool: POOL });
  });

  test("stampHomePools: nothing while a take-over is open: the database may be old", () => {
    for (const phase of ["righting", "righted"] as const)
      expect(stamps([never("new")], { promotion: takeOver({ oldMaster: host(3), phase }) })).toEqual([]);
  });

  test("stampHomePools: twenty in a round, and the next round goes on with those that are not in flight", () => {
    const own = Array.from({ length: 25 }, (_, index) => never(`vm${index}`));
    const first = short(stamps(own));
    expect(first.length).toBe(20);
    const inFlight = own.slice(0, 20).map(({ uuid }) => `stamp-home-pool:${uuid}`);
    expect(short(stamps(own, {}, { inFlight }))).toEqual([
      ...own.slice(20).map(({ uuid }) => `stamp-home-pool ${uuid}`),
      "stamp-home-pool second",
    ]);
  });
});
