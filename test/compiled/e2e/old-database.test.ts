import { expect, test } from "bun:test";
import { vmDefaultUuid } from "../../../src/simulation/spec.ts";
import {
  FAST_PARAMETERS,
  inPool,
  nothingRanTwice,
  STEP_MS,
  startSettled,
  twoVmsPerHost,
  vmsOf,
} from "./story.ts";
import type { Pool } from "./world/pool.ts";
import type { LogEntry } from "./world/simulator.ts";
import { until } from "./world/wait.ts";

/** What happens when the master's xapi is killed, and comes back with the database on its disk. */

const BOUND_MS = 6 * 60_000;
/** A VM that nobody's HA looks after. */
const SPARE = "spare";
/** As measured: XAPI writes its database every 300 s, and a slave looks for its master after 9 s. */
const TIMINGS = {
  diskWriteMs: 300_000,
  reconnectMs: 9_000,
  xapiAnswersMs: 500,
  fuseMs: 1_000,
  helloMs: 1_000,
};
const HOOK = "/etc/xapi.d/vm-pre-start/50-ha-lizard";

function startPool(): Promise<Pool> {
  const lookedAfter = twoVmsPerHost(3).map((vm) => ({ ...vm, ha: "true" }));
  const vms = [...lookedAfter, { name: SPARE, ha: "false" }];
  // With GLOBAL_VM_HA=1 the spare one would be started as soon as a host leads.
  const params = { ...FAST_PARAMETERS, GLOBAL_VM_HA: "0" };
  return startSettled({ hosts: 3, vms, params, ha: "true", timings: TIMINGS });
}

/** The first such event from `from` on. */
async function event(pool: Pool, from: number, what: string, over: object = {}): Promise<LogEntry> {
  return await until(`an event ${what} ${JSON.stringify(over)}`, STEP_MS, async () => {
    const log = await pool.sim.log(from);
    return log.find((entry) => entry.what === what && Bun.deepEquals({ ...entry, ...over }, entry));
  });
}

/** Ends the xapi of the master as a crash does, and waits until it serves and both slaves follow it again. */
async function killMaster(pool: Pool): Promise<void> {
  const from = (await pool.sim.log(0)).length;
  await pool.do({ verb: "xapi", host: 1, state: "kill" });
  await event(pool, from, "master-serving", { host: 1 });
}

const startsOf = async (pool: Pool, vm: string) =>
  (await pool.sim.log(0)).filter((entry) => entry.what === "domain-started" && entry["vm"] === vm).length;

test.concurrent(
  "the master's xapi is killed right after a start, a failover and a declared death: nothing runs twice or stays down",
  () =>
    inPool(async (pool) => {
      await pool.do({ verb: "vm", vm: "web2", do: "crash" });
      await pool.untilStartedAgain("web2", STEP_MS);
      await killMaster(pool);
      await pool.untilRunning(vmsOf(1, 2, 3), STEP_MS);

      const from = (await pool.sim.log(0)).length;
      await pool.powerOff(3);
      await event(pool, from, "declared-dead", { host: 3 });
      await killMaster(pool);
      await pool.untilRunning(vmsOf(1, 2, 3), STEP_MS, [3]);
      await killMaster(pool);
      await pool.untilRunning(vmsOf(1, 2, 3), STEP_MS, [3]);
      await nothingRanTwice(pool);
      // None was started again because an old database had forgotten it.
      expect(await startsOf(pool, "web2")).toBe(1);
      expect(await startsOf(pool, "web3")).toBe(1);
    }, startPool),
  BOUND_MS,
);

test.concurrent(
  "an administrator's start of a VM that another host runs is refused, with the name of that host",
  () =>
    inPool(async (pool) => {
      const uuid = vmDefaultUuid(pool.vmNames.indexOf(SPARE) + 1);
      const guard = async (host: number) => await pool.tryOn(host, HOOK, "-vmuuid", uuid, "-reason", "none");
      // Where nothing is wrong it costs a tenth of a second.
      const beganMs = performance.now();
      expect(await guard(3)).toEqual({ code: 0, stdout: "", stderr: "" });
      console.log(`asked and answered in ${Math.round(performance.now() - beganMs)} ms`);

      // XAPI writes nothing while the VM is started, so the database that it comes back with calls it halted.
      await pool.do({ verb: "database-disk", host: 1, full: true });
      await pool.do({ verb: "vm", vm: SPARE, do: "start", host: 2 });
      await pool.untilRunning([SPARE], STEP_MS, [1, 3]);
      await killMaster(pool);
      const said = expect.stringContaining("runs on host h2 already");
      for (const host of [3, 1]) {
        await until(`host ${host} hearing h2`, STEP_MS, async () => (await guard(host)).code === 2);
        expect(await guard(host)).toEqual({ code: 2, stdout: said, stderr: "" });
      }
      // The host itself corrects the database.
      expect(await guard(2)).toEqual({ code: 0, stdout: "", stderr: "" });

      const from = (await pool.sim.log(0)).length;
      await until("a refused start", STEP_MS, async () => {
        await pool.do({ verb: "vm", vm: SPARE, do: "start", host: 3 });
        return (await pool.sim.log(from)).some(({ what }) => what === "start-refused-by-hook");
      });
      expect(await event(pool, from, "start-refused-by-hook")).toMatchObject({ host: 3, vm: SPARE, said });
      await nothingRanTwice(pool);

      // A monitor that is away, and an executable that is, are in nobody's way.
      await pool.on(3, "/etc/init.d/ha-lizard", "stop");
      await until("what was heard being too old", STEP_MS, async () => (await guard(3)).code === 0);
      await pool.on(1, "mv", "/etc/ha-lizard/ha-lizard", "/etc/ha-lizard/ha-lizard.away");
      expect(await guard(1)).toEqual({ code: 0, stdout: "", stderr: "" });
    }, startPool),
  BOUND_MS,
);

test.concurrent(
  "a start by somebody else is in the copies of the slaves within seconds: each of them fetches one by itself",
  () =>
    inPool(async (pool) => {
      const from = (await pool.sim.log(0)).length;
      await pool.do({ verb: "vm", vm: SPARE, do: "start", host: 3 });
      await event(pool, from, "domain-started", { vm: SPARE });
      // XAPI itself would hand out one every 300 s.
      for (const slave of [2, 3]) await event(pool, from, "database-copied", { to: slave });
    }, startPool),
  BOUND_MS,
);
