import { describe, expect, test } from "bun:test";
import type { SimPool } from "../../../src/simulation/pool.ts";
import { createRandom, type Random } from "../../../src/simulation/random.ts";
import { allRunOnce, MINUTE, restedPool, SECOND } from "./stage.ts";

const GATEWAY = "192.0.2.1";

/** Two to five hosts with a real fence method, everything else by chance. */
async function drawPool(seed: number, random: Random): Promise<SimPool> {
  const hosts = 2 + random.below(4);
  const vms = Array.from({ length: 2 * hosts }, (_, index) => ({
    name: `vm${index + 1}`,
    on: (index % hosts) + 1,
    order: random.below(3),
  }));
  const params = {
    XAPI_COUNT: String(1 + random.below(4)),
    XAPI_DELAY: String(2 + random.below(10)),
    MONITOR_DELAY: String(5 + random.below(40)),
    FENCE_MIN_HOSTS: "2",
    FENCE_USE_IP_HEURISTICS: "1",
    FENCE_HEURISTICS_IPS: GATEWAY,
    FENCE_REBOOT_LONE_HOST: String(random.below(2)),
    SLAVE_VM_STAT: String(random.below(2)),
    HOST_SELECT_METHOD: String(random.below(2)),
    XAPI_DOWN_TOLERANCE: random.below(5) === 0 ? "30" : "300",
  };
  return restedPool(hosts, { vms, params, seed, externals: [GATEWAY] });
}

/** One thing that may happen to a pool. */
function strike(pool: SimPool, random: Random): void {
  const hosts = pool.world.hosts.length;
  const host = 1 + random.below(hosts);
  const vm = `vm${1 + random.below(2 * hosts)}`;
  const numbers = pool.world.hosts.map(({ number }) => number);
  const side = numbers.filter(() => random.below(2) === 0);
  const faults: readonly (() => unknown)[] = [
    () => pool.power(host, false),
    () => pool.power(host, true),
    () => pool.crashVm(vm),
    () => pool.xapi(host, "stop"),
    () => pool.xapi(host, "run"),
    () => pool.xapi(host, "hang"),
    () =>
      pool.partition(
        side,
        numbers.filter((number) => !side.includes(number)),
      ),
    () => pool.heal(),
    () => pool.reset(host),
    () => pool.kill(host),
    () => pool.migrateVm(vm, host),
    () => pool.bmc(host, "dead"),
    () => pool.bmc(host, "up"),
  ];
  faults[random.below(faults.length)]?.();
}

function mendEverything(pool: SimPool): void {
  pool.heal();
  for (const { number } of pool.world.hosts) {
    pool.bmc(number, "up");
    pool.xapi(number, "run");
    pool.power(number, true);
  }
}

describe("whatever happens to a pool with a real fence method", () => {
  const SEEDS = 120;
  for (let first = 1; first <= SEEDS; first += 20) {
    test(`seeds ${first} to ${first + 19}: no VM runs twice, and all run again when it is mended`, async () => {
      for (let seed = first; seed < first + 20; seed++) {
        const random = createRandom(seed);
        const pool = await drawPool(seed, random);
        for (let faults = 2 + random.below(8); faults > 0; faults--) {
          strike(pool, random);
          await pool.run((1 + random.below(60)) * SECOND);
        }
        mendEverything(pool);
        const healed = await pool.until(() => allRunOnce(pool), 45 * MINUTE);
        const crashed = pool.world.log.filter((entry) => entry.what === "pass-crashed");
        const story = { seed, violations: pool.world.violations, crashed, healed };
        expect(story).toEqual({ seed, violations: [], crashed: [], healed: true });
      }
    }, 60_000);
  }
});
