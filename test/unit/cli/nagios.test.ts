import { describe, expect, test } from "bun:test";
import { setXapi } from "../../../src/simulation/control.ts";
import type { SimPool } from "../../../src/simulation/pool.ts";
import { hostView } from "./hosts.ts";
import { haCfg } from "./run.ts";
import { haCfgOn, poolWithHa } from "./sim-pool.ts";

const POOL = {
  hosts: 3,
  vms: [
    { name: "a1", on: 1 },
    { name: "b1", on: 2 },
  ],
  params: {
    FENCE_METHOD: "IPMI",
    XAPI_COUNT: "2",
    XAPI_DELAY: "5",
    MONITOR_DELAY: "15",
    FENCE_MIN_HOSTS: "2",
  },
  heartbeats: true,
} as const;

async function runningPool(extra: { readonly ha?: string } = {}): Promise<SimPool> {
  const pool = poolWithHa({ ...POOL, ...extra });
  await pool.run(60_000);
  return pool;
}

const nagios = (pool: SimPool, host: number, around = {}) =>
  haCfgOn(pool, host, ["status", "--nagios"], around);

describe("ha-cfg status --nagios", () => {
  test("OK: one line with performance data, exit 0", async () => {
    const run = await nagios(await runningPool(), 2);
    expect([run.code, run.err]).toEqual([0, ""]);
    expect(run.out).toBe(
      "HA-LIZARD OK - 3 of 3 hosts are alive, h1 leads, 2 of 2 managed VMs run|" +
        "hosts_alive=3;;;0;3 votes_heard=3;;;0;3 vms_managed=2;;;0 vms_running=2;;;0;2 vms_waiting=0;;;0 " +
        "incidents=0;;;0 iteration_age=4s;;;0 iteration_time=0s;;;0\n",
    );
  });

  test("WARNING, 1: HA is off; a host that is retried", async () => {
    const off = await nagios(await runningPool({ ha: "false" }), 1);
    expect([off.code, off.out]).toEqual([1, expect.stringContaining("HA-LIZARD WARNING - HA is off|")]);
    const pool = await runningPool();
    pool.power(2, false);
    await pool.run(8_000);
    const suspect = await nagios(pool, 1);
    expect([suspect.code, suspect.out]).toEqual([
      1,
      expect.stringContaining("h2 does not answer and is retried"),
    ]);
  });

  test("CRITICAL, 2: a host has failed; a daemon does not run", async () => {
    const pool = await runningPool();
    const monitor = { state: "dead", pid: null, atBoot: true } as const;
    const dead = await nagios(pool, 1, {
      daemon: (name: string) => ({ ...monitor, state: name === "monitor" ? "dead" : "running" }),
    });
    pool.power(2, false);
    await pool.run(30_000);
    const failed = await nagios(pool, 1);
    expect([failed.code, failed.out]).toEqual([2, expect.stringContaining("HA-LIZARD CRITICAL - ")]);
    expect(failed.out.match(/h2 has failed/g)?.length).toBe(1);
    expect(failed.out.split("\n").length).toBe(2);
    expect([dead.code, dead.out]).toEqual([2, expect.stringContaining("the monitor does not run")]);
  });

  test("UNKNOWN, 3: XAPI hangs, said within six seconds whatever XE_TIMEOUT is", async () => {
    const pool = poolWithHa({ ...POOL, params: { ...POOL.params, XE_TIMEOUT: "60" } });
    await pool.run(60_000);
    setXapi(pool.world, pool.world.host(1), "hang");
    const run = await nagios(pool, 1);
    expect([run.code, run.out]).toEqual([
      3,
      expect.stringMatching(/^HA-LIZARD UNKNOWN - XAPI does not answer \(.*\)[^\n]*\|[^\n]*\n$/),
    ]);
    expect(run.tookMs).toBeLessThanOrEqual(6_000);
  });

  test("UNKNOWN, 3, on standard output: wrong usage, and a user who may not look", async () => {
    const wrong = await haCfg(["status", "--nagios", "--jsn"]);
    expect([wrong.code, wrong.err]).toEqual([3, ""]);
    expect(wrong.out).toMatch(/^HA-LIZARD UNKNOWN - Cannot run status: there is no option --jsn/);
    const denied = await haCfg(["status", "--nagios"], { denied: "/var/lib/xcp/xapi" });
    expect([denied.code, denied.err, denied.out]).toEqual([
      3,
      "",
      "HA-LIZARD UNKNOWN - Cannot run ha-cfg status: this user may not use /var/lib/xcp/xapi. Run it as root.\n",
    ]);
  });

  test("what others have named breaks neither the line nor its performance data", async () => {
    const hosts = [hostView(1), hostView(2, { name: "two|pipe\nline", live: false })];
    const { out } = await haCfg(["status", "--nagios"], { hosts });
    expect(out.split("\n").length).toBe(2);
    expect(out.split("|").length).toBe(2);
  });
});
