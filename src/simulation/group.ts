import { NO_DISARM } from "../core/group/disarm.ts";
import type { Stored } from "../core/group/stored.ts";
import { hostUuid, poolUuid } from "../core/model/ids.ts";
import type { SimDisk } from "./ports/disk.ts";
import { POOL_UUID } from "./spec.ts";
import type { World } from "./world.ts";

/** As a pool of many hosts takes long to be founded, and a pool at rest was founded long ago: all of them have stored its roll. */
export function beginGroup(world: World, disks: readonly SimDisk[]): void {
  const [first] = world.hosts;
  if (first === undefined) return;
  const master = hostUuid(first.uuid);
  const term = { count: 1, host: master };
  const hosts = world.hosts.map(({ uuid }) => ({
    host: hostUuid(uuid),
    bootId: null,
    maintenance: false,
    leaseMs: null,
  }));
  const id = { term, version: 1 };
  const stored: Stored = {
    term,
    roll: { id, hosts, master, office: id, ha: true, tie: null, disarm: NO_DISARM },
    before: null,
  };
  for (const disk of disks) disk.vote = { pool: poolUuid(POOL_UUID), stored };
}
