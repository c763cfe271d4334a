import { afterAll, beforeAll, expect } from "bun:test";
import {
  BOUND_MS,
  cutOffAndFenced,
  type FencePool,
  fencesBoth,
  fencesSlave,
  giveVm,
  keepsSecret,
  startFencePool,
  story,
} from "./fencing.ts";
import { onlyMaster, STEP_MS } from "./story.ts";
import { until } from "./world/wait.ts";

let world: FencePool;
beforeAll(async () => {
  world = await startFencePool(["ipmi", "redfish"]);
  // Every host is in a chassis with others, and takes its time.
  for (const host of world.pool.hostNumbers()) {
    await world.devices.order({ what: "neighbours", host, ids: ["Blade7", "Blade8"] });
    await world.devices.order({ what: "redfish", host, behaviour: "slow-to-switch" });
  }
}, BOUND_MS);
afterAll(async () => await world?.pool.stop(), 30_000);

fencesBoth("IPMI", () => world);
fencesSlave("REDFISH", () => world);

story(
  "REDFISH: a master whose controller is busy is not replaced, until it has lost its power",
  () => world,
  async (at) => {
    const { pool, devices } = at;
    const master = await onlyMaster(pool, STEP_MS);
    await giveVm(pool, master);
    const mailsFrom = (await devices.mails()).length;
    const from = (await pool.sim.log(0)).length;
    await devices.order({ what: "redfish", host: master, behaviour: "busy" });
    await cutOffAndFenced(at, master, async (fencer) => {
      const failure = new RegExp(`fence_host: h${master} could not be fenced: .*HTTP 503`);
      await pool.untilLogged(fencer, failure, STEP_MS);
      await until("a mail with the cause", STEP_MS, async () =>
        (await devices.mails()).slice(mailsFrom).some(({ data }) => data.includes("HTTP 503")),
      );
      expect(await pool.sim.poolConf(fencer)).not.toStartWith("master");
      expect((await pool.sim.log(from)).filter(({ what }) => what === "domain-started")).toEqual([]);
      expect(pool.isOn(master)).toBe(true);
      await devices.order({ what: "redfish", host: master, behaviour: "right" });
    });
  },
);

story(
  "REDFISH: of several systems only the host's own was switched",
  () => world,
  async ({ pool, devices }) => {
    const orders = await Promise.all(
      pool.hostNumbers().map(async (host) => {
        const seen = await devices.redfishSeen(host);
        return seen.filter(({ method }) => method === "POST").map(({ path }) => [host, path] as const);
      }),
    );
    expect(orders.flat().length).toBe(2);
    for (const [host, path] of orders.flat()) expect(path).toContain(`/Systems/Node${host}/`);
  },
);
keepsSecret(["fence IPMI", "fence REDFISH", "ipmitool -v"], () => world);
