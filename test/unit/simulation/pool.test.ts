import { expect, test } from "bun:test";
import { runPass } from "../../../src/app/pass/iterate.ts";
import type { PassReport } from "../../../src/app/pass/pass-ports.ts";
import type { RunPass } from "../../../src/simulation/monitor.ts";
import { type SimPool, simulatePool } from "../../../src/simulation/pool.ts";
import { mortal, newSimProcess } from "../../../src/simulation/ports/process.ts";

const POOL = {
  hosts: 3,
  vms: [
    { name: "a1", on: 1 },
    { name: "b1", on: 2 },
    { name: "c1", on: 3 },
    { name: "c2", on: 3, order: 1 },
  ],
  params: { FENCE_METHOD: "IPMI", XAPI_COUNT: "2", XAPI_DELAY: "5", MONITOR_DELAY: "15" },
} as const;

/** A small story with everything in it: a slave's death, a cut link, a master's death, all of them back. */
async function story(seed: number): Promise<SimPool> {
  const pool = simulatePool({ ...POOL, seed, runPass });
  await pool.run(40_000);
  pool.power(3, false);
  await pool.run(120_000);
  pool.power(3, true);
  pool.crashVm("b1");
  await pool.run(60_000);
  pool.link(2, 3, false);
  pool.power(1, false);
  await pool.run(180_000);
  pool.heal();
  pool.power(1, true);
  await pool.run(120_000);
  return pool;
}

test("simulatePool: the same seed is the same story to the last line, another one is not", async () => {
  const [one, two, other] = [await story(5), await story(5), await story(6)];
  expect(JSON.stringify(two.world.log)).toBe(JSON.stringify(one.world.log));
  expect(one.world.log.length).toBeGreaterThan(100);
  expect(JSON.stringify(other.world.hosts.map((host) => [...host.messages.keys()]))).not.toBe(
    JSON.stringify(one.world.hosts.map((host) => [...host.messages.keys()])),
  );
});

test("simulatePool: no pass crashes in the story, and every VM runs once in the end", async () => {
  const pool = await story(5);
  expect(pool.world.log.filter(({ what }) => what === "pass-crashed")).toEqual([]);
  expect(pool.world.violations).toEqual([]);
  for (const vm of ["a1", "b1", "c1", "c2"]) expect(pool.running(vm).length).toBe(1);
});

test("simulatePool: without this program nothing restarts a dead host's VMs", async () => {
  const pool = simulatePool(POOL);
  pool.power(3, false);
  await pool.run(3_600_000);
  expect(pool.running("c1")).toEqual([]);
  expect(pool.running("a1")).toEqual([1]);
});

/** A pass that notes its steps, to see where a kill ends it. */
function steps(notes: string[]): RunPass {
  return async (ports) => {
    notes.push(`begin ${(await ports.store.load("alarms")).kind}`);
    await ports.clock.sleep(10_000);
    notes.push("slept");
    const view = await ports.localHost.observe(new AbortController().signal);
    notes.push(`saw ${view?.bootId}`);
    const report: PassReport = {
      finishedAtMs: ports.clock.uptimeMs(),
      finishedAtWall: "",
      bootId: "",
      durationMs: 0,
      nextInMs: 1_000,
      xapiCalls: 0,
      result: "done",
      obstacle: null,
      logs: true,
      group: null,
      monitor: { delayMs: 45_000, scanRateMs: 10_000, maxStarts: 40, killAll: true },
    };
    await ports.store.save("alarms", []);
    await ports.store.save("pass", report);
    return report;
  };
}

test("SimMonitor: a killed pass never goes on; the monitor begins another with what was saved", async () => {
  const notes: string[] = [];
  const pool = simulatePool({ hosts: 1, runPass: steps(notes) });
  await pool.run(5_000);
  pool.kill(1);
  await pool.run(15_500);
  expect(notes).toEqual(["begin none", "begin none", "slept", "saw boot-1-1"]);
  await pool.run(1_000);
  expect(notes.at(-1)).toBe("begin found");
});

test("SimMonitor: dies with the power, lives again some time after it, with the state of before", async () => {
  const notes: string[] = [];
  const pool = simulatePool({ hosts: 1, runPass: steps(notes) });
  await pool.run(10_500);
  pool.power(1, false);
  await pool.run(60_000);
  expect(notes).toEqual(["begin none", "slept", "saw boot-1-1"]);
  pool.power(1, true);
  await pool.run(14_500);
  expect(notes.slice(3)).toEqual(["begin found", "slept", "saw boot-1-2", "begin found"]);
});

test("mortal: after its process's death a port begins nothing and answers nothing", async () => {
  const process = newSimProcess(1);
  let begun = 0;
  const port = mortal(process, {
    ask: async () => {
      begun += 1;
      await Promise.resolve();
      return "answer";
    },
  });
  expect(await port.ask()).toBe("answer");
  const pending = port.ask();
  process.alive = false;
  const dead = port.ask();
  const first = await Promise.race([
    pending,
    dead,
    new Promise((resolve) => setImmediate(() => resolve("silence"))),
  ]);
  expect(first).toBe("silence");
  expect(begun).toBe(2);
});

test("fencer port: POOL succeeds without power-off; a lying BMC too; dead and slow ones do not", async () => {
  const outcomes: unknown[] = [];
  for (const [method, bmc] of [
    ["POOL", "up"],
    ["IPMI", "lying"],
    ["IPMI", "dead"],
    ["IPMI", "slow"],
    ["IPMI", "up"],
  ] as const) {
    const pool = simulatePool({
      hosts: 2,
      runPass: async (ports, signal) => {
        const device = { password: "", user: "", address: "" };
        const host = pool.world.host(2).uuid as Parameters<typeof ports.fencer.fence>[0]["host"];
        const request = { host, method, action: "stop", agents: "/", timeoutMs: 30_000, device } as const;
        outcomes.push([
          method,
          bmc,
          (await ports.fencer.fence(request, signal)).kind,
          pool.world.host(2).power,
        ]);
        return new Promise(() => {});
      },
    });
    pool.bmc(2, bmc);
    pool.monitor(2).stop();
    await pool.run(60_000);
  }
  expect(outcomes).toEqual([
    ["POOL", "up", "fenced", true],
    ["IPMI", "lying", "fenced", true],
    ["IPMI", "dead", "not-fenced", true],
    ["IPMI", "slow", "not-fenced", true],
    ["IPMI", "up", "fenced", false],
  ]);
});
