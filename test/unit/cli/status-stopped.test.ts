import { describe, expect, test } from "bun:test";
import { stopVm } from "../../../src/simulation/stops.ts";
import { haCfgOn, poolWithHa } from "./sim-pool.ts";

const POOL = {
  hosts: 3,
  vms: [
    { name: "a1", on: 1 },
    { name: "b1", on: 2 },
    { name: "c1", on: 3 },
    { name: "d1", homePool: false },
  ],
  params: { FENCE_METHOD: "IPMI", XAPI_COUNT: "2", XAPI_DELAY: "5", MONITOR_DELAY: "15" },
} as const;

describe("ha-cfg status says who stopped a VM", () => {
  test("on the master and on a slave, and it waits for no start", async () => {
    const pool = poolWithHa(POOL);
    await pool.run(60_000);
    stopVm(pool.world, pool.world.vmNamed("a1"), "hard");
    await pool.run(120_000);
    for (const host of [1, 2]) {
      const { out } = await haCfgOn(pool, host, ["status"]);
      const text = out.replace(/\n +/g, " ");
      expect(text).toContain("2 running, 0 waiting to be started, 1 stopped on purpose");
      expect(
        text.match(/switched off by a client of XAPI on \d{4}-\d\d-\d\d at \d\d:\d\d UTC, and stays down/g)
          ?.length,
      ).toBe(1);
    }
    const json = JSON.parse((await haCfgOn(pool, 2, ["status", "--json"])).out);
    expect(json.vms).toMatchObject({ waiting: 0, stopped: [{ name: "a1" }] });
  });
});

test("ha-cfg plan leaves down what a client has stopped, and says how to change that", async () => {
  const pool = poolWithHa(POOL);
  await pool.run(60_000);
  const { uuid } = pool.world.vmNamed("a1");
  stopVm(pool.world, pool.world.vmNamed("a1"), "clean");
  await pool.run(60_000);
  const { out } = await haCfgOn(pool, 1, ["plan", "--if-host-fails", "h2"]);
  expect(out).toMatch(/a1 +down +left down/);
  expect(out.replace(/\n +/g, " ")).toMatch(
    /a1: it was shut down by a client of XAPI on \S+ at \S+ UTC, and stays down: start it by hand, or let HA start it: xe vm-param-set/,
  );
  const json = JSON.parse((await haCfgOn(pool, 1, ["plan", "--if-host-fails", "h2", "--json"])).out);
  const a1 = json.plans[0].vms.find((vm: { uuid: string }) => vm.uuid === uuid);
  expect(a1).toMatchObject({ fate: "left", to: null, why: expect.stringContaining("shut down by a client") });
});
