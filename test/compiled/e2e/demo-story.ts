import {
  FAST_PARAMETERS,
  nothingRanTwice,
  onlyMaster,
  rejoined,
  STEP_MS,
  successor,
  twoVmsPerHost,
  vmsOf,
} from "./story.ts";
import type { Timeline } from "./timeline.ts";
import { Pool } from "./world/pool.ts";
import { until } from "./world/wait.ts";

const ALL_VMS = vmsOf(1, 2, 3);

/** Init starts the services of a host at its boot, as install.sh has it on a running host. */
const AT_BOOT = `mkdir -p /etc/rc3.d
for service in ha-lizard ha-lizard-watchdog; do ln -sf ../init.d/$service /etc/rc3.d/S99$service; done
/etc/init.d/ha-lizard restart -w
ha-cfg fence-test`;

/** Sets the pool up as an administrator would: through ha-cfg. */
async function setUp(pool: Pool, timeline: Timeline): Promise<void> {
  await timeline.did("ha-cfg insert, set, ha-enable on host 1; ha-cfg fence-test on all");
  await pool.on(1, "ha-cfg", "insert");
  for (const [name, value] of Object.entries(FAST_PARAMETERS)) await pool.on(1, "ha-cfg", "set", name, value);
  for (const host of pool.hostNumbers()) await pool.on(host, "sh", "-c", AT_BOOT);
  // Refused until a monitor that has just started knows whom it hears.
  await until("HA on", STEP_MS, async () => (await pool.tryOn(1, "ha-cfg", "ha-enable")).code === 0);
  await timeline.saw(`host ${await successor(pool)} is the successor`);
}

async function killVm(pool: Pool, timeline: Timeline): Promise<void> {
  await timeline.did("kill VM web2 on host 2");
  await pool.do({ verb: "vm", vm: "web2", do: "crash" });
  await until(
    "web2 having died",
    STEP_MS,
    async () => ((await pool.sim.running()).get("web2") ?? []).length === 0,
  );
  await pool.untilRunning(["web2"], STEP_MS);
  await timeline.saw("web2 runs again");
}

async function killSlave(pool: Pool, timeline: Timeline): Promise<void> {
  const victim = 3;
  const lost = await pool.sim.residents(victim);
  await timeline.did(`cut the power of host ${victim}, a slave, with ${lost.join(", ")}`);
  await pool.powerOff(victim);
  await pool.untilRunning(lost, STEP_MS, [victim]);
  await timeline.saw(`${lost.join(", ")} run elsewhere`);
  await timeline.did(`switch host ${victim} on again`);
  await pool.powerOn(victim);
  await rejoined(pool, victim, STEP_MS);
  await timeline.saw(`host ${victim} is back as a slave`);
}

async function killMaster(pool: Pool, timeline: Timeline): Promise<void> {
  const old = await onlyMaster(pool, STEP_MS);
  const lost = await pool.sim.residents(old);
  await successor(pool);
  await timeline.did(`cut the power of host ${old}, the master, with ${lost.join(", ")}`);
  await pool.powerOff(old);
  const next = await onlyMaster(pool, STEP_MS);
  if (next === old) throw new Error(`host ${old} is still master without power`);
  await timeline.saw(`host ${next} is the only master`);
  await pool.untilRunning(ALL_VMS, STEP_MS, [old]);
  await timeline.saw("all six VMs run");
  await timeline.did(`switch host ${old}, the old master, on again`);
  await pool.powerOn(old);
  await rejoined(pool, old, STEP_MS);
  await timeline.saw(`host ${old} is back as a slave`);
  await verdict(pool, old);
  await timeline.saw(
    `every VM runs exactly once; host ${next} is the only master; host ${old} is a slave without VMs`,
  );
}

/** Rejects unless the whole pool is as it should be in the end. */
async function verdict(pool: Pool, oldMaster: number): Promise<void> {
  await pool.untilRunning(ALL_VMS, STEP_MS, [oldMaster]);
  const master = await onlyMaster(pool, STEP_MS);
  if (master === oldMaster) throw new Error(`host ${oldMaster} took the pool back`);
  await nothingRanTwice(pool);
}

/** The demo's story, told on `timeline`; rejects when the pool does not heal. */
export async function tellStory(pool: Pool, timeline: Timeline): Promise<void> {
  await setUp(pool, timeline);
  await killVm(pool, timeline);
  await killSlave(pool, timeline);
  await killMaster(pool, timeline);
}

/** The pool as the demo finds it: three hosts, two VMs on each, HA-Lizard installed and not set up. */
export async function startDemoPool(): Promise<Pool> {
  return await Pool.start({ hosts: 3, vms: twoVmsPerHost(3), params: {}, ha: null });
}
