import type { HostUuid, VmUuid } from "../../core/model/ids.ts";
import type { XapiResult } from "../../core/model/pool-view.ts";
import type { StartResult, VmStarter } from "../../ports/pool-database.ts";
import type { XapiContext } from "./context.ts";
import { anyOf } from "./filter.ts";
import { namedFault } from "./named-fault.ts";
import { domainRecord, parseRecords, parseValue, textMapValue } from "./records.ts";
import { beginTask, followTask } from "./task.ts";

/**
 * Errors that speak of the host and leave nothing running there, so that the next candidate may be tried. Left out on
 * purpose: CANNOT_CONTACT_HOST (the host may have got the order), SR_BACKEND_FAILURE_* (46 is a disk that is open
 * elsewhere) and everything that speaks of the VM.
 */
const HOST_ERRORS: ReadonlySet<string> = new Set([
  // Not in service.
  "HOST_DISABLED",
  "HOST_DISABLED_UNTIL_REBOOT",
  "HOST_STILL_BOOTING",
  "HOST_EVACUATE_IN_PROGRESS",
  "HOST_NOT_LIVE",
  "HOST_OFFLINE",
  // Not enough of something.
  "HOST_NOT_ENOUGH_FREE_MEMORY",
  "HOST_NOT_ENOUGH_PCPUS",
  // Storage, network or a device that this host does not have.
  "VM_REQUIRES_SR",
  "VM_REQUIRES_NETWORK",
  "VM_REQUIRES_GPU",
  "VM_REQUIRES_VGPU",
  "VM_REQUIRES_IOMMU",
  "VM_HVM_REQUIRED",
  "VM_INCOMPATIBLE_WITH_THIS_HOST",
]);

const WHERE = "VM.get_all_records_where";
/** Not paused, and with the checks that `force` would leave out (adapters/xapi/README.md, "Starting a VM"). */
const START_FLAGS = [false, false] as const;

export function createStarter(context: XapiContext): VmStarter {
  const { refs, session } = context;

  async function start(
    method: string,
    params: readonly unknown[],
    signal: AbortSignal,
  ): Promise<StartResult> {
    const task = await beginTask(context, method, params, signal);
    if (!task.ok) return task;
    const end = await followTask(context, task.value, signal);
    if (end.kind === "failure") return { ok: false, fault: end.fault };
    return { ok: true, value: end.kind === "success" ? "started" : "pending" };
  }

  async function startOn(
    vm: VmUuid,
    candidates: readonly HostUuid[],
    signal: AbortSignal,
    mayGoOn: () => Promise<boolean>,
  ): Promise<StartResult> {
    const vmRef = await refs.vm(vm, signal);
    if (!vmRef.ok) return vmRef;
    if (candidates.length === 0) return start("VM.start", [vmRef.value, ...START_FLAGS], signal);
    let last: StartResult = { ok: false, fault: { kind: "api", code: "NO_HOSTS_AVAILABLE", params: [] } };
    for (const [index, candidate] of candidates.entries()) {
      if (index > 0 && !(await mayGoOn())) return last;
      const hostRef = await refs.host(candidate, signal);
      last = hostRef.ok
        ? await start("VM.start_on", [vmRef.value, hostRef.value, ...START_FLAGS], signal)
        : hostRef;
      if (!mayTryNext(last)) return last;
    }
    return last;
  }

  async function named(result: StartResult, signal: AbortSignal): Promise<StartResult> {
    return result.ok ? result : { ok: false, fault: await namedFault(session, result.fault, signal) };
  }

  return {
    async areStillHalted(vms, { host, xapiStartTime }, signal) {
      const hostRef = await refs.host(host, signal);
      if (!hostRef.ok) return hostRef;
      const [keys, found] = await Promise.all([
        session.call("host.get_other_config", [hostRef.value], signal),
        session.call(WHERE, [anyOf("uuid", vms)], signal),
      ]);
      const otherConfig = parseValue("host.get_other_config", textMapValue, keys);
      if (!otherConfig.ok) return otherConfig;
      const now = parseRecords(WHERE, domainRecord, found);
      if (!now.ok) return now;
      const isSameRun = (otherConfig.value["agent_start_time"] ?? null) === xapiStartTime;
      const halted = [...now.value.values()].filter(
        ({ power_state: state, current_operations: busy }) =>
          state === "Halted" && Object.keys(busy).length === 0,
      );
      return { ok: true, value: isSameRun && halted.length === new Set(vms).size };
    },
    startVm: async (vm, candidates, signal, mayGoOn) =>
      named(await startOn(vm, candidates, signal, mayGoOn), signal),
    async startAppliance(appliance, signal) {
      const ref = await refs.appliance(appliance, signal);
      if (!ref.ok) return ref;
      return named(await start("VM_appliance.start", [ref.value, false], signal), signal);
    },
  };
}

function mayTryNext(result: XapiResult<unknown>): boolean {
  if (result.ok || result.fault.kind !== "api") return false;
  const { code, params } = result.fault;
  // A host that was forgotten since the database was read.
  if (code === "HANDLE_INVALID" || code === "UUID_INVALID") return params[0] === "host";
  return HOST_ERRORS.has(code);
}
