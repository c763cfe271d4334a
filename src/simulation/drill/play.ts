import { runPass } from "../../app/pass/iterate.ts";
import type { HostView } from "../../core/model/pool-view.ts";
import type { DrillRequest, DrillResult } from "../../ports/drill.ts";
import { type SimPool, simulatePool } from "../pool.ts";
import { Observer } from "./observer.ts";
import { drilledPool } from "./pool-of.ts";

/** A pool at rest says nothing for so long. */
const CALM_MS = 60_000;
/** Nobody waits longer for it to come to rest: hosts that are off now have to be fenced and recovered first. */
const MOST_SETTLING_MS = 20 * 60_000;
/** No drill is longer. */
const MOST_PLAYED_MS = 30 * 60_000;
const STEP_MS = 1_000;

/**
 * Lets a host of this pool die in the simulated one, on virtual time, with the program as it is on every host.
 *
 * At first the pool comes to rest as the database has it: what is down and would be started is started, and what is off stays off.
 */
export async function playDrill(request: DrillRequest): Promise<DrillResult> {
  const { hosts, options } = drilledPool(request);
  const pool = simulatePool({ ...options, runPass });
  asItIs(pool, hosts);
  await settle(pool);
  const dead = hosts.findIndex(({ uuid }) => uuid === request.host) + 1;
  const nameOf = (number: number): string => hosts[number - 1]?.name ?? `host ${number}`;
  const lost = new Set(pool.world.host(dead).domains.keys());
  const observer = new Observer(pool.world, dead, request.host, nameOf, lost);
  const begunMs = pool.world.nowMs();
  if (request.assumed.deviceDies) pool.world.host(dead).bmc = "dead";
  pool.loseForGood(dead);
  const isOver = () => {
    const isDone = request.expected.length > 0 && request.expected.every((vm) => observer.started.has(vm));
    return pool.world.nowMs() - observer.lastMs > (isDone ? CALM_MS : request.quietMs);
  };
  while (!isOver() && pool.world.nowMs() - begunMs < MOST_PLAYED_MS) await pool.run(STEP_MS);
  return {
    moments: observer.moments,
    times: observer.result(),
    playedMs: pool.world.nowMs() - begunMs,
    vms: request.vms.flatMap(({ uuid }) => {
      if (!lost.has(uuid)) return [];
      const started = observer.started.get(uuid);
      const to = started === undefined ? null : (hosts[started.host - 1]?.uuid ?? null);
      return [{ uuid, to, atMs: started?.atMs ?? null }];
    }),
  };
}

/** Who is in maintenance, and who is off. */
function asItIs(pool: SimPool, hosts: readonly HostView[]): void {
  for (const [index, { enabled, live }] of hosts.entries()) {
    if (!enabled) pool.maintenance(index + 1, true);
    if (!live) pool.loseForGood(index + 1);
  }
}

async function settle(pool: SimPool): Promise<void> {
  let lastMs = pool.world.nowMs();
  pool.world.listeners.push(({ what }) => {
    if (what !== "pass" && what !== "pool-key" && what !== "database-copied" && what !== "database-stored")
      lastMs = pool.world.nowMs();
  });
  while (pool.world.nowMs() - lastMs < CALM_MS && pool.world.nowMs() < MOST_SETTLING_MS)
    await pool.run(STEP_MS);
}
