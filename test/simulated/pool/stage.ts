import { runPass } from "../../../src/app/pass/iterate.ts";
import { type SimPool, type SimPoolOptions, simulatePool } from "../../../src/simulation/pool.ts";

/** Short delays, so that stories are; the rest is that of HA-Lizard's manual. A real fence agent, not POOL. */
export const QUICK = {
  FENCE_METHOD: "TESTBMC",
  XAPI_COUNT: "2",
  XAPI_DELAY: "5",
  MONITOR_DELAY: "10",
  MAIL_ON: "0",
};
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;

/** A pool at rest after half a minute: `hosts` hosts with two VMs each, vm1 on h1, vm2 on h2 … */
export async function restedPool(hosts: number, over: Partial<SimPoolOptions> = {}): Promise<SimPool> {
  const vms = Array.from({ length: 2 * hosts }, (_, index) => ({
    name: `vm${index + 1}`,
    on: (index % hosts) + 1,
  }));
  const params = { ...QUICK, ...over.params };
  const pool = simulatePool({ hosts, vms, runPass, ...over, params });
  await pool.run(30 * SECOND);
  return pool;
}

/** Truth in short: where each VM runs, in the order of names. */
export function whereabouts(pool: SimPool): Record<string, readonly number[]> {
  return Object.fromEntries([...pool.world.vms.values()].map((vm) => [vm.name, pool.running(vm.name)]));
}

/** Every VM runs exactly once, on a host that has power. */
export function allRunOnce(pool: SimPool): boolean {
  return Object.values(whereabouts(pool)).every((on) => on.length === 1 && pool.world.host(on[0] ?? 0).power);
}

/** What happened in the world, by kind, as `what` or `what host`. */
export function happened(pool: SimPool, ...kinds: readonly string[]): readonly string[] {
  return pool.world.log
    .filter((entry) => kinds.includes(entry.what))
    .map((entry) => `${entry.what} ${entry["host"] ?? ""}`.trim());
}

/** Lines of the product's log that contain `text`. */
export function said(pool: SimPool, text: string): readonly string[] {
  return pool.world.log
    .filter((entry) => entry.what === "log" && String(entry["text"]).includes(text))
    .map((entry) => `h${entry["host"]}: ${entry["text"]}`);
}

/** Everything that cuts power, changes masters or gives a dead host's VMs free. */
export const DESTRUCTIVE = [
  "fence-begun",
  "transition-to-master",
  "declared-dead",
  "told-dead",
  "reboot-self",
];
