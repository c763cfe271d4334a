import { type Fields, type Json, NULL_REF } from "../database.ts";
import { destroyDomain } from "../domains.ts";
import { ApiError } from "./answer.ts";
import { hostOfRef } from "./connection.ts";
import { forwardTo } from "./forward.ts";
import { forgetGuest } from "./guest-agent.ts";
import { isHostAlive } from "./host-alive.ts";
import { releaseLocks } from "./locks.ts";
import { leaveVmMessage } from "./message.ts";
import type { Call, Methods } from "./method.ts";
import { withOperation } from "./operation.ts";
import { assertCanBootHere, chooseHost } from "./placement.ts";
import { pause, until } from "./process.ts";
import { need } from "./read.ts";
import { bootOn } from "./vm-boot.ts";
import { setHalted, setResident } from "./vm-state.ts";

/** Where it starts; that it can start nowhere is written down, for the database tells it beforehand. */
function hostFor({ world, database }: Call, vm: Fields, self: string, on: string | null): string {
  try {
    if (on === null) return chooseHost(world, database, vm, self);
    assertCanBootHere(world, database, vm, self, on);
    return on;
  } catch (error) {
    if (error instanceof ApiError)
      world.record("start-refused", { vm: String(vm["name_label"]), why: error.code });
    throw error;
  }
}

export const VM_METHODS: Methods = {
  "VM.start": {
    params: ["string", "bool", "bool"],
    async: true,
    run: (call, [self]) => start(call, String(self), null),
  },
  "VM.start_on": {
    params: ["string", "string", "bool", "bool"],
    async: true,
    run: (call, [self, host]) => start(call, String(self), String(host)),
  },
  "VM.hard_shutdown": {
    params: ["string"],
    async: true,
    run: (call, [self]) => shutdown(call, String(self), "hard_shutdown"),
  },
  "VM.clean_shutdown": {
    params: ["string"],
    async: true,
    run: (call, [self]) => shutdown(call, String(self), "clean_shutdown"),
  },
  "VM.power_state_reset": {
    params: ["string"],
    async: true,
    run: async (call, [self]) => {
      await resetPowerState(call, String(self));
      return "";
    },
  },
  // Who runs the VM, by somebody who knows; its power state follows with that host's next comparison.
  "VM.atomic_set_resident_on": {
    params: ["string", "string"],
    session: "local",
    run: async (call, [self, host]) => {
      need(call.database, "VM", String(self));
      need(call.database, "host", String(host));
      setResident(call.database, String(self), String(host));
      return "";
    },
  },
  "VM.assert_can_boot_here": {
    params: ["string", "string"],
    async: true,
    run: (call, [self, host]) => {
      assertCanBootHere(
        call.world,
        call.database,
        need(call.database, "VM", String(self)),
        String(self),
        String(host),
      );
      return "";
    },
  },
  "VM_appliance.start": {
    params: ["string", "bool"],
    async: true,
    run: (call, [self]) => startAppliance(call, String(self)),
  },
};

async function start(call: Call, self: string, on: string | null): Promise<Json> {
  const { database, process, world } = call;
  need(database, "VM", self);
  if (on !== null) need(database, "host", on);
  const delayMs = await withOperation(
    call,
    self,
    on === null ? "start" : "start_on",
    ["halted"],
    async (vm) => {
      const hostRef = hostFor(call, vm, self, on);
      database.update("VM", self, { scheduled_to_be_resident_on: hostRef });
      forgetGuest(database, self);
      if (vm["ha_restart_priority"] === "restart") database.update("VM", self, { ha_always_run: true });
      await bootOn(call, self, hostRef);
      const times = hostRef !== process.host.ref && on !== null ? 2 : 1;
      return Number(vm["start_delay"]) * 1000 * times;
    },
  );
  leaveVmMessage(call, "VM_STARTED", self, "started");
  if (delayMs > 0) await pause(world, process, delayMs);
  return "";
}

async function shutdown(
  call: Call,
  self: string,
  operation: "hard_shutdown" | "clean_shutdown",
): Promise<Json> {
  const { database, world } = call;
  need(database, "VM", self);
  const allowed = operation === "hard_shutdown" ? ["paused", "suspended", "running"] : ["running"];
  await withOperation(call, self, operation, allowed, async (vm) => {
    const hostRef = String(vm["resident_on"]);
    // What a client has asked for is in the database before the guest hears of it.
    if (vm["ha_always_run"] === true) database.update("VM", self, { ha_always_run: false });
    const target = await forwardTo(call, hostRef);
    const { vmShutdownMs, vmCleanShutdownMs } = world.timings;
    await until(world, target, () => !target.stuck);
    await pause(world, target, operation === "hard_shutdown" ? vmShutdownMs : vmCleanShutdownMs);
    destroyDomain(world, target.host, String(vm["uuid"]), operation);
    releaseLocks(database, hostRef, (uuid) => uuid === vm["uuid"]);
    setHalted(database, self);
  });
  leaveVmMessage(call, "VM_SHUTDOWN", self, operation === "hard_shutdown" ? "shutdown forcibly" : "shutdown");
  return "";
}

/**
 * Halted without looking at the disks' locks; refused while the host it is said to run on answers
 * (adapters/xapi/README.md, T9).
 */
export async function resetPowerState(call: Call, self: string): Promise<void> {
  const { database, process } = call;
  const vm = need(database, "VM", self);
  if (vm["is_control_domain"] === true) throw new ApiError("CANNOT_RESET_CONTROL_DOMAIN", [self]);
  const residentOn = String(vm["resident_on"]);
  const running = vm["power_state"] === "Running" || vm["power_state"] === "Paused";
  if (running && residentOn === process.host.ref) {
    if (process.host.domains.has(String(vm["uuid"]))) throw new ApiError("DOMAIN_EXISTS", [self]);
  } else if (running && residentOn !== NULL_REF && hostOfRef(call.world, residentOn) !== undefined) {
    if (await isHostAlive(call, residentOn)) throw new ApiError("HOST_IS_LIVE", [residentOn]);
  }
  if (database.get("VM", self) !== undefined) setHalted(database, self);
}

/**
 * Groups by order, one after the other; each group's VMs at the same time (adapters/xapi/README.md, "Starting a VM").
 */
async function startAppliance(call: Call, self: string): Promise<Json> {
  const { database } = call;
  const appliance = need(database, "VM_appliance", self);
  const halted = (appliance["VMs"] as readonly string[]).flatMap((ref): [string, Fields][] => {
    const vm = database.get("VM", ref);
    return vm === undefined || vm["power_state"] !== "Halted" ? [] : [[ref, vm]];
  });
  const orders = [...new Set(halted.map(([, vm]) => Number(vm["order"])))].sort((a, b) => a - b);
  const failed: string[] = [];
  for (const order of orders) {
    const group = halted.filter(([, vm]) => vm["order"] === order);
    await Promise.all(
      group.map(([ref]) =>
        start({ ...call, task: call.world.random.lateUuid() }, ref, null).catch((error: unknown) => {
          if (!(error instanceof ApiError)) throw error;
          failed.push(ref);
        }),
      ),
    );
  }
  if (failed.length > 0) throw new ApiError("OPERATION_PARTIALLY_FAILED", ["VM_appliance.start", ...failed]);
  return "";
}
