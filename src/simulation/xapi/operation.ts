import type { Fields } from "../database.ts";
import { ApiError } from "./answer.ts";
import { type Call, taskRef } from "./method.ts";
import { untilOrLater } from "./process.ts";
import { need } from "./read.ts";

/**
 * Carries out an operation on a VM that stands in its current_operations meanwhile. Another one in progress is waited
 * for, up to two hours (adapters/xapi/README.md, "Starting a VM"); then come blocked operations, templates, and the
 * power state.
 */
export async function withOperation<T>(
  call: Call,
  self: string,
  operation: string,
  allowedStates: readonly string[],
  run: (vm: Fields) => Promise<T>,
): Promise<T> {
  const { database, process, world } = call;
  const operations = () => Object.keys((database.get("VM", self)?.["current_operations"] ?? {}) as Fields);
  assertNotBlocked(need(database, "VM", self), self, operation);
  const free = await untilOrLater(
    world,
    process,
    () => operations().length === 0,
    world.timings.operationWaitMs,
  );
  if (free === "later")
    throw new ApiError("OTHER_OPERATION_IN_PROGRESS", ["VM", self, ...operations().slice(0, 1)]);
  const vm = need(database, "VM", self);
  assertNotBlocked(vm, self, operation);
  if (vm["is_a_template"] === true) throw new ApiError("VM_IS_TEMPLATE", [self]);
  assertPowerState(vm, self, allowedStates);
  database.update("VM", self, { current_operations: { [taskRef(call)]: operation } });
  try {
    return await run(vm);
  } finally {
    endOperation(call, self);
  }
}

function endOperation(call: Call, self: string): void {
  const { database } = call;
  const vm = database.get("VM", self);
  if (vm === undefined) return;
  const { [taskRef(call)]: _, ...others } = vm["current_operations"] as Fields;
  database.update("VM", self, { current_operations: others, scheduled_to_be_resident_on: "OpaqueRef:NULL" });
}

function assertNotBlocked(vm: Fields, self: string, operation: string): void {
  const reason = (vm["blocked_operations"] as Fields)[operation];
  if (reason !== undefined) throw new ApiError("OPERATION_BLOCKED", [self, String(reason)]);
}

function assertPowerState(vm: Fields, self: string, allowed: readonly string[]): void {
  const state = String(vm["power_state"]).toLowerCase();
  if (!allowed.includes(state)) throw new ApiError("VM_BAD_POWER_STATE", [self, allowed.join(", "), state]);
}
