import { createDomain } from "../domains.ts";
import type { XapiProcess } from "../world.ts";
import { ApiError } from "./answer.ts";
import { hostOfRef } from "./connection.ts";
import { forwardTo, onHost } from "./forward.ts";
import { disksOf, otherHolders, setLock } from "./locks.ts";
import type { Call } from "./method.ts";
import { answersTo, pause } from "./process.ts";
import { need } from "./read.ts";
import { setRunning } from "./vm-state.ts";

/**
 * Boots a VM on a host: disks are locked, the domain is built, the database is told. Whether another copy runs
 * elsewhere is not asked: only the disks' locks stand in the way, and they are as true as the database
 * (adapters/xapi/README.md, "Locks on disks").
 */
export async function bootOn(call: Call, self: string, hostRef: string): Promise<void> {
  const { database, world } = call;
  const target = await forwardTo(call, hostRef);
  await onHost(call, target, async () => {
    const uuid = String(need(database, "VM", self)["uuid"]);
    if (target.host.domains.has(uuid))
      throw new ApiError("INTERNAL_ERROR", ["Xenops_interface.Already_exists"]);
    const locked = await lockDisks(call, target, self, uuid);
    try {
      await pause(world, target, world.vms.get(uuid)?.startMs ?? world.timings.vmStartMs);
      const vm = database.get("VM", self);
      if (vm === undefined) throw new ApiError("HANDLE_INVALID", ["VM", self]);
    } catch (error) {
      for (const vdi of locked) setLock(database, vdi, hostRef, false);
      throw error;
    }
    createDomain(world, target.host, uuid);
    setRunning(database, self, hostRef);
  });
}

async function lockDisks(call: Call, target: XapiProcess, self: string, uuid: string): Promise<string[]> {
  const { database } = call;
  const locked: string[] = [];
  for (const vdi of disksOf(database, self)) {
    for (const holder of otherHolders(database, vdi, target.host.ref)) {
      if (await stillOpen(call, target, holder, uuid)) {
        for (const taken of locked) setLock(database, taken, target.host.ref, false);
        throw new ApiError("SR_BACKEND_FAILURE_46", [
          "",
          `The VDI is not available [opterr=VDI ${vdi} locked]`,
          "",
        ]);
      }
      setLock(database, vdi, holder, false);
    }
    setLock(database, vdi, target.host.ref, true);
    locked.push(vdi);
  }
  return locked;
}

/** Asks the host that holds a disk; one that does not answer holds it still. One that is in no database does not. */
async function stillOpen(call: Call, target: XapiProcess, holder: string, uuid: string): Promise<boolean> {
  const { database, world } = call;
  const host = hostOfRef(world, holder);
  if (host === undefined || database.get("host", holder) === undefined) return false;
  if (answersTo(world, call.process.host.number, host)) return host.domains.has(uuid);
  await pause(world, target, world.timings.noRouteMs);
  return true;
}
