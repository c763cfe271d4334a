import type { HostUuid } from "../../core/model/ids.ts";
import type { XapiFault, XapiResult } from "../../core/model/pool-view.ts";
import { OVER } from "../../ports/deadline.ts";
import type { MemberRecovery } from "../../ports/pool-database.ts";
import type { XapiContext } from "./context.ts";
import { isApiFault, voidOf } from "./errors.ts";
import { parseValue, refList } from "./records.ts";
import { beginTask, followTask, type TaskEnd } from "./task.ts";

/**
 * XAPI asks a dead host that it takes for live for 10 s, once for itself and once per VM (adapters/xapi/README.md,
 * "Declaring a host dead").
 */
const SLOW_AFTER_MS = 15_000;
const RESET_MS = 40_000;
const ENABLE_MS = 15_000;
const PARALLEL_RESETS = 8;

export function createRecovery(context: XapiContext): MemberRecovery {
  const { refs } = context;
  return {
    async declareDead(host, proved, signal) {
      const ref = await refs.host(host, signal);
      if (!ref.ok) return ref;
      return proved ? declareProved(context, ref.value, signal) : declareUnproved(context, ref.value, signal);
    },
    async enableHost(host, signal) {
      const ref = await refs.host(host, signal);
      return ref.ok ? voidOf(await context.session.call("host.enable", [ref.value], signal, ENABLE_MS)) : ref;
    },
    async restartXapi(host, signal) {
      const ref = await refs.host(host, signal);
      return ref.ok ? voidOf(await context.session.call("host.restart_agent", [ref.value], signal)) : ref;
    },
    async setResident(vm, host, signal) {
      const [vmRef, hostRef] = [await refs.vm(vm, signal), await refs.host(host, signal)];
      if (!vmRef.ok) return vmRef;
      if (!hostRef.ok) return hostRef;
      const params = [vmRef.value, hostRef.value];
      return voidOf(await context.session.callLocally("VM.atomic_set_resident_on", params, signal));
    },
    async forgetHost(host: HostUuid, signal) {
      const ref = await refs.host(host, signal);
      if (!ref.ok) return ref;
      const task = await beginTask(context, "host.destroy", [ref.value], signal);
      return task.ok ? resultOf(await followTask(context, task.value, signal)) : task;
    },
  };
}

/** The ordinary way: XAPI asks the host itself, and refuses with HOST_IS_LIVE when it answers. */
async function declareUnproved(
  context: XapiContext,
  host: string,
  signal: AbortSignal,
): Promise<XapiResult<void>> {
  const task = await beginTask(context, "host.declare_dead", [host], signal);
  return task.ok ? resultOf(await followTask(context, task.value, signal)) : task;
}

/**
 * The host was seen to be off. XAPI is told so by the message that a host sends when it shuts down; refused (other
 * versions), declare_dead asks the dead host once per VM, in turn. When that takes too long, or fails for another
 * reason than a host that answers, the VMs are reset one by one at the same time, which has the same check in it.
 */
async function declareProved(
  context: XapiContext,
  host: string,
  signal: AbortSignal,
): Promise<XapiResult<void>> {
  const { session, clock } = context;
  await session.callLocally("host.tickle_heartbeat", [host, { "shutting-down": "true" }], signal);
  const task = await beginTask(context, "host.declare_dead", [host], signal);
  if (!task.ok) return isRefusal(task.fault) ? resetResidents(context, host, signal) : task;

  const following = followTask(context, task.value, signal);
  const ended = new AbortController();
  const slow = clock.sleep(SLOW_AFTER_MS, ended.signal).then(() => "slow" as const);
  const first = await Promise.race([following, slow]);
  ended.abort(OVER);
  if (first !== "slow") {
    const otherFailure = first.kind === "failure" && isRefusal(first.fault);
    return otherFailure ? resetResidents(context, host, signal) : resultOf(first);
  }
  // The task goes on meanwhile: it alone releases the locks on the disks, and finds less to do.
  const reset = await resetResidents(context, host, signal);
  const end = await following;
  return end.kind === "failure" && isRefusal(end.fault) ? reset : resultOf(end);
}

/** XAPI said no, and not because the host answers. */
function isRefusal(fault: XapiFault): boolean {
  return fault.kind === "api" && fault.code !== "HOST_IS_LIVE";
}

/** `VM.power_state_reset` of all VMs that XAPI has on this host; the first refusal is the result. */
async function resetResidents(
  context: XapiContext,
  host: string,
  signal: AbortSignal,
): Promise<XapiResult<void>> {
  const { session } = context;
  const answer = await session.call("host.get_resident_VMs", [host], signal);
  const residents = parseValue("host.get_resident_VMs", refList, answer);
  if (!residents.ok) return residents;
  const waiting = [...residents.value];
  let fault: XapiFault | null = null;
  const resetSome = async (): Promise<void> => {
    for (let vm = waiting.pop(); vm !== undefined; vm = waiting.pop()) {
      const reset = await session.call("VM.power_state_reset", [vm], signal, RESET_MS);
      // Dom0 is a resident like any other, and the only one for which this is the right answer.
      if (!reset.ok && !isApiFault(reset.fault, "CANNOT_RESET_CONTROL_DOMAIN")) fault ??= reset.fault;
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_RESETS }, resetSome));
  return fault === null ? { ok: true, value: undefined } : { ok: false, fault };
}

function resultOf(end: TaskEnd): XapiResult<void> {
  if (end.kind === "success") return { ok: true, value: undefined };
  return { ok: false, fault: end.kind === "failure" ? end.fault : { kind: "timeout" } };
}
