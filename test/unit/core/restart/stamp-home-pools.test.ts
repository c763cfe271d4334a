import { describe, expect, test } from "bun:test";
import { stampHomePools } from "../../../../src/core/restart/stamp-home-pools.ts";
import { beginPromotion } from "../../../../src/core/takeover/promotion.ts";
import { database, host, hostView, POOL, short, vm } from "../fixtures.ts";
import { healthOf, masterScene, type Situation } from "../rounds.ts";

const resident = (name: string, homePool: string | null = null) => ({ uuid: vm(name), homePool });
const running = database([
  hostView(host(1), { residents: [resident("own"), resident("stamped", POOL)] }),
  hostView(host(2), { residents: [resident("other", "pool-2")] }),
  hostView(host(3), { residents: [resident("silent")] }),
]);
const alive = { health: healthOf({ h2: "alive", h3: "suspect" }) };

function stamps(situation: Situation) {
  const { memory, round } = masterScene({ read: running, ...situation });
  return short(stampHomePools(memory, round).actions);
}

describe("stampHomePools", () => {
  test("what runs on this host and on living ones gets this pool as its home, also from another pool", () =>
    expect(stamps({ memory: alive })).toEqual([
      `stamp-home-pool ${vm("own")}`,
      `stamp-home-pool ${vm("other")}`,
    ]));

  test("one that is being stamped is left alone", () =>
    expect(stamps({ memory: alive, inFlight: [`stamp-home-pool:${vm("own")}`] })).toEqual([
      `stamp-home-pool ${vm("other")}`,
    ]));

  test("nothing is stamped while a take-over is open: its database may be old", () => {
    const promotion = beginPromotion({
      oldMaster: host(3),
      nowMs: 0,
      awaited: [],
      inMaintenance: [],
      startTimes: {},
    });
    expect(stamps({ memory: { ...alive, promotion } })).toEqual([]);
  });

  test("twenty at a time, so that a pool of a thousand VMs does not fill a round", () => {
    const residents = Array.from({ length: 50 }, (_, index) => resident(`vm${index}`));
    expect(stamps({ read: database([hostView(host(1), { residents })]) })).toHaveLength(20);
  });
});
