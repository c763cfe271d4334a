import type { Role } from "../core/model/pool-view.ts";

/** What a pool.conf says. */
export function roleOf(poolConf: string): Role {
  if (poolConf === "master") return { kind: "master" };
  if (poolConf.startsWith("slave:")) return { kind: "slave", masterAddress: poolConf.slice("slave:".length) };
  return { kind: "broken" };
}
