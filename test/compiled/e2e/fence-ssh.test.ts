import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  BOUND_MS,
  type FencePool,
  fencesBoth,
  giveVm,
  keepsSecret,
  startFencePool,
  useMethod,
} from "./fencing.ts";
import { onlyMaster, STEP_MS } from "./story.ts";
import { until } from "./world/wait.ts";

let world: FencePool;
beforeAll(async () => {
  world = await startFencePool(["ssh"]);
}, BOUND_MS);
afterAll(async () => await world?.pool.stop(), 30_000);

fencesBoth("ILO", () => world);
fencesBoth("XVM", () => world);
keepsSecret(["fence ILO", "fence XVM", "ssh -F /dev/null"], () => world);

test(
  "an iLO that says Off of a host that lives: nobody can see through that, and only that host's VMs run twice",
  async () => {
    const { pool, devices } = world;
    await useMethod(pool, "ILO");
    const master = await onlyMaster(pool, STEP_MS);
    const host = master === 3 ? 2 : 3;
    await giveVm(pool, host);
    const vms = await pool.sim.residents(host);
    devices.setIloStale(host, true);
    const from = (await pool.messages(master)).length;
    await pool.isolate(host);
    await pool.untilLogged(master, new RegExp(`h${host} was fenced: its agent confirms`), STEP_MS, from);
    const violations = await until("the world counting it", STEP_MS, async () => {
      const seen = await pool.sim.violations();
      return seen.length > 0 ? seen.map((violation) => JSON.stringify(violation)) : null;
    });
    expect(pool.isOn(host)).toBe(true);
    for (const violation of violations) expect(vms.filter((vm) => violation.includes(vm)).length).toBe(1);
  },
  BOUND_MS,
);
