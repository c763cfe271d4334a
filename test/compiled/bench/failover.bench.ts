import { afterAll, beforeAll, test } from "bun:test";
import { PRESETS } from "../../../src/config/presets.ts";
import { DEFAULT_TIMINGS } from "../../../src/simulation/timings.ts";
import { beginAnew } from "../e2e/fencing.ts";
import {
  FAST_PARAMETERS,
  nothingRanTwice,
  onlyMaster,
  rejoined,
  STEP_MS,
  setMonitorDelay,
  settled,
  shown,
  successor,
} from "../e2e/story.ts";
import { Pool } from "../e2e/world/pool.ts";
import type { LogEntry } from "../e2e/world/simulator.ts";
import { until } from "../e2e/world/wait.ts";
import { medianOf, quantile } from "./statistics.ts";

/**
 * `npm run bench`: from a death to the start of what died, in the namespace pool of three hosts, the compiled program on
 * each. XAPI is simulated: the 0.2 s that it takes to start a VM are not counted, and what its own restarts take is shown
 * apart, like the detection, which the parameters set. Prints tables; judges nothing but that no VM ran twice.
 */

const HOSTS = 3;
const VMS_PER_HOST = 20;
const DEATHS = 60;
const FAILOVERS = Number(process.env["BENCH_FAILOVERS"] ?? "3");
/** What a host has to lose, each time. */
const LOST = 20;
/** Its times; BENCH_PRESET=pool for those that are set by default. */
const PARAMETERS: Readonly<Record<string, string>> = {
  ...FAST_PARAMETERS,
  XAPI_COUNT: "5",
  XAPI_DELAY: "15",
  ...PRESETS.get(process.env["BENCH_PRESET"] ?? "fast")?.values,
  FENCE_METHOD: "TESTBMC",
};
/** MONITOR_DELAY while VMs die: nothing else than the event would start one within the time. */
const FAR_S = 60;
const BOUND_MS = 60 * 60_000;
/** For a death to be noticed: with the default times that takes 81 s, and what else a step of a story waits for comes after it. */
const NOTICED_MS = 4 * 60_000;

let pool: Pool;
beforeAll(async () => {
  const vms = Array.from({ length: HOSTS * VMS_PER_HOST }, (_, index) => ({
    name: `vm${index}`,
    on: (index % HOSTS) + 1,
  }));
  pool = await Pool.start({ hosts: HOSTS, vms, params: PARAMETERS, ha: "true" });
  await settled(pool);
}, BOUND_MS);
afterAll(async () => await pool?.stop(), 60_000);

const seconds = (ms: number): string => (ms / 1_000).toFixed(2);
/** When XAPI was asked to start it. */
const askedMs = (started: LogEntry): number => started.atMs - DEFAULT_TIMINGS.vmStartMs;

const bench = (measure: () => Promise<void>): Promise<void> =>
  shown(pool, async () => {
    await measure();
    await nothingRanTwice(pool);
  });

const count = async (): Promise<number> => (await pool.sim.log(0)).length;

test(
  "a VM dies",
  () =>
    bench(async () => {
      await setDelay(FAR_S);
      const tookMs: number[] = [];
      for (let death = 0; death < DEATHS; death++) {
        const vm = `vm${death % pool.vmNames.length}`;
        const from = await count();
        await pool.do({ verb: "vm", vm, do: "crash" });
        tookMs.push(
          await until(`a start of ${vm}`, STEP_MS, async () => {
            const log = (await pool.sim.log(from)).filter((entry) => entry["vm"] === vm);
            const died = log.find(({ what }) => what === "domain-ended");
            const started = log.find(({ what }) => what === "domain-started");
            return died !== undefined && started !== undefined ? askedMs(started) - died.atMs : null;
          }),
        );
      }
      await setDelay(Number(PARAMETERS["MONITOR_DELAY"]));
      const [p50, p99, most] = [0.5, 0.99, 1].map((share) => seconds(quantile(tookMs, share)));
      console.log(
        `a VM dies, MONITOR_DELAY=${FAR_S}: start asked after ${p50} s (median), ${p99} s (99 %), ${most} s at most; ${DEATHS} deaths`,
      );
    }),
  BOUND_MS,
);

async function setDelay(delayS: number): Promise<void> {
  await setMonitorDelay(pool, delayS, [1]);
  // In its first seconds a master's monitor starts nothing: it makes sure that all members follow it.
  await Bun.sleep(6_000);
}

interface Failover {
  readonly detectedMs: number;
  /** From the detection to the end of what is measured before XAPI's own restarts: null for a slave. */
  readonly promotedMs: number | null;
  readonly xapiMs: number | null;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Some VMs, which run on that host from now on. */
async function giveVms(host: number): Promise<readonly string[]> {
  const vms = pool.vmNames.slice(0, LOST);
  const there = await pool.sim.residents(host);
  for (const vm of vms) {
    if (!there.includes(vm)) await pool.do({ verb: "vm", vm, do: "migrate", host });
  }
  const others = pool.hostNumbers().filter((number) => number !== host);
  await pool.untilRunning(vms, STEP_MS, others);
  return vms;
}

/** Cuts a host's power and takes the times, in milliseconds, each from the end of the one before. */
async function lose(host: number, seer: number, isMaster: boolean): Promise<Failover> {
  const lost = await giveVms(host);
  const from = await count();
  const logFrom = (await pool.messages(seer)).length;
  await pool.powerOff(host);
  const failedMs = await until(`host ${host} being failed`, NOTICED_MS, async () => {
    const { nowMs } = await pool.sim.truth();
    return (await pool.messages(seer)).slice(logFrom).includes(`h${host} is down`) ? nowMs : null;
  });
  await pool.untilRunning(lost, NOTICED_MS, [host]);
  const log = await pool.sim.log(from);
  const died = log.find(({ what }) => what === "power-off")?.atMs ?? Number.NaN;
  const starts = log
    .filter(({ what, vm }) => what === "domain-started" && lost.includes(String(vm)))
    .map(askedMs);
  const promoted = log.find(({ what }) => what === "transition-to-master")?.atMs ?? Number.NaN;
  // The new master's own start is waited for, and no member's.
  const whole = log
    .filter(({ what, host: of, present }) => what === "cookie" && of === seer && present === true)
    .map(({ atMs }) => atMs);
  const beginMs = isMaster ? Math.max(...whole) : failedMs;
  return {
    detectedMs: failedMs - died,
    promotedMs: isMaster ? promoted - failedMs : null,
    xapiMs: isMaster ? beginMs - promoted : null,
    firstMs: Math.min(...starts) - beginMs,
    lastMs: Math.max(...starts) - beginMs,
  };
}

function show(what: string, times: readonly Failover[]): void {
  const of = (pick: (time: Failover) => number | null) =>
    seconds(medianOf(times, (time) => pick(time) ?? 0)).padStart(10);
  const cells = [
    of((time) => time.detectedMs),
    of((time) => time.promotedMs),
    of((time) => time.xapiMs),
    of((time) => time.firstMs),
    of((time) => time.lastMs),
  ];
  console.log(`${what.padEnd(16)}${cells.join("")}   (medians of ${times.length})`);
}

test(
  "a slave dies, and the master dies",
  () =>
    bench(async () => {
      const slaves: Failover[] = [];
      const masters: Failover[] = [];
      for (let turn = 0; turn < FAILOVERS; turn++) {
        const master = await onlyMaster(pool, STEP_MS);
        const next = await successor(pool);
        const slave = pool.hostNumbers().find((host) => host !== master && host !== next) ?? 0;
        slaves.push(await lose(slave, master, false));
        await pool.powerOn(slave);
        await rejoined(pool, slave, STEP_MS);
        await beginAnew(pool);
        const heir = await successor(pool);
        masters.push(await lose(master, heir, true));
        await pool.powerOn(master);
        await rejoined(pool, master, STEP_MS);
        if (turn + 1 < FAILOVERS) await beginAnew(pool);
      }
      console.log("seconds          detection  take-over XAPI again first start last start");
      show("a slave dies", slaves);
      show("the master dies", masters);
    }),
  BOUND_MS,
);
