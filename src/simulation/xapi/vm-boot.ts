import type { World, XapiProcess } from "../world.ts";
import { handOver, queue } from "../xenopsd.ts";
import { ApiError } from "./answer.ts";
import { hostOfRef, poolDatabase } from "./connection.ts";
import { forwardTo, onHost } from "./forward.ts";
import { wakeGuest } from "./guest-agent.ts";
import { disksOf, otherHolders, setLock } from "./locks.ts";
import type { Call } from "./method.ts";
import { answersTo, pause, until } from "./process.ts";
import { need } from "./read.ts";
import { setRunning } from "./vm-state.ts";

/**
 * Boots a VM on a host: disks are locked, xenopsd builds the domain, the database is told. Whether another copy runs
 * elsewhere is not asked: only the disks' locks stand in the way, and they are as true as the database
 * (adapters/xapi/README.md, "Locks on disks"). A copy that runs on this very host corrects the database.
 */
export async function bootOn(call: Call, self: string, hostRef: string): Promise<void> {
  const { database, world } = call;
  const target = await forwardTo(call, hostRef);
  await onHost(call, target, async () => {
    const uuid = String(need(database, "VM", self)["uuid"]);
    // An earlier start of this VM that xenopsd still knows goes first.
    await until(world, target, () => !target.stuck && !target.host.starts.has(uuid));
    if (target.host.domains.has(uuid)) {
      await pause(world, target, world.timings.alreadyRunsMs);
      setRunning(database, self, hostRef);
      throw new ApiError("VM_BAD_POWER_STATE", [self, "Halted", "Running"]);
    }
    await runHooks(call, target.host.number, uuid);
    const locked = await lockDisks(call, target, self, uuid);
    try {
      await build(world, target, uuid, () => {
        if (database.get("VM", self) === undefined) throw new ApiError("HANDLE_INVALID", ["VM", self]);
      });
    } catch (error) {
      for (const vdi of locked) setLock(database, vdi, hostRef, false);
      throw error;
    }
    await tell(call, target, self);
    const vm = world.vms.get(uuid);
    if (vm !== undefined) wakeGuest(world, target.host, vm);
  });
}

/** 0 and 1 let the start go on, every other code refuses it (adapters/xapi/README.md, "Hooks"). */
async function runHooks({ world }: Call, host: number, vm: string): Promise<void> {
  const end = await world.preStartHooks?.(host, vm);
  if (end === undefined || end.code <= 1) return;
  const name = world.vms.get(vm)?.name ?? vm;
  world.record("start-refused-by-hook", { host, vm: name, said: end.said });
  throw new ApiError("XAPI_HOOK_FAILED", ["vm-pre-start", "none", end.said, String(end.code)]);
}

/** The stages of a start (adapters/xapi/README.md, "Where a start is"); xenopsd goes on when this xapi dies. */
async function build(world: World, target: XapiProcess, uuid: string, check: () => void): Promise<void> {
  const { startInXapiMs, startHandedMs, vmStartMs } = world.timings;
  const wholeMs = world.vms.get(uuid)?.startMs ?? vmStartMs;
  const inXapiMs = Math.min(startInXapiMs, wholeMs / 2);
  const handedMs = Math.min(startHandedMs, wholeMs / 4);
  await pause(world, target, inXapiMs);
  const start = handOver(target.host, uuid);
  await pause(world, target, handedMs);
  check();
  queue(world, target.host, uuid, wholeMs - inXapiMs - handedMs);
  await until(world, target, () => start.stage === "done");
}

/** The member writes what runs into the database of the master that it has then, which may be a newer process. */
async function tell(call: Call, target: XapiProcess, self: string): Promise<void> {
  const database = await poolDatabase(call.world, target);
  if (database.get("VM", self) !== undefined) setRunning(database, self, target.host.ref);
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
