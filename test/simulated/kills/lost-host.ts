import { runPass } from "../../../src/app/pass/iterate.ts";
import type { RunPass } from "../../../src/simulation/monitor.ts";
import type { SimPool } from "../../../src/simulation/pool.ts";
import { allRunOnce, MINUTE, restedPool } from "../pool/stage.ts";

/** A host that is out of everyone's reach. Its VMs run on until it is fenced, so whoever does too little is seen. */
export interface LostHost {
  readonly hosts: number;
  readonly role: "slave" | "master";
}

/** Each step of a story has this long. */
export const BOUND_MS = 5 * MINUTE;
const GATEWAY = "192.0.2.1";

/** Mail goes out, so that handing one over is a call like any other. */
const PARAMS = { MAIL_ON: "1" };
/** Two hosts have a majority only with somebody outside. */
const PAIR = { FENCE_MIN_HOSTS: "2", FENCE_USE_IP_HEURISTICS: "1", FENCE_HEURISTICS_IPS: GATEWAY };

export function titleOf({ hosts, role }: LostHost): string {
  return role === "slave"
    ? `a slave of ${hosts} hosts is cut off`
    : `the master of ${hosts} hosts is cut off`;
}

export function victimOf({ hosts, role }: LostHost): number {
  return role === "master" ? 1 : hosts;
}

/** The host that heals the pool: the master, or the successor of a lost one. */
export function actingOf({ role }: LostHost): number {
  return role === "master" ? 2 : 1;
}

/** A pool at rest, always the same one. */
export function poolOf({ hosts }: LostHost, pass: RunPass = runPass): Promise<SimPool> {
  const params = hosts === 2 ? { ...PARAMS, ...PAIR } : PARAMS;
  return restedPool(hosts, { params, externals: [GATEWAY], runPass: pass });
}

export function cutOff(pool: SimPool, story: LostHost): void {
  const victim = victimOf(story);
  const others = pool.world.hosts.map(({ number }) => number).filter((number) => number !== victim);
  pool.partition(others, [victim]);
  pool.link(victim, GATEWAY, false);
}

/** Every VM runs once, none of them on the lost host. */
export function isHealed(pool: SimPool, story: LostHost): boolean {
  return allRunOnce(pool) && pool.world.host(victimOf(story)).domains.size === 0;
}
