import type { XapiResult } from "../../core/model/pool-view.ts";
import type { ListedVm, PoolAdministration } from "../../ports/pool-database.ts";
import type { XapiContext } from "./context.ts";
import { voidOf } from "./errors.ts";
import { REAL_VMS } from "./filter.ts";
import {
  type ApplianceRecord,
  applianceRecord,
  type HaltedRecord,
  haltedRecord,
  parseRecords,
} from "./records.ts";
import { isRealVm, writeHalted } from "./write-view.ts";

/** Some 10 kB a VM: whole lists need more than an ordinary call. */
const LIST_MS = 30_000;

export function createAdministration(context: XapiContext): PoolAdministration {
  const { session, refs } = context;
  return {
    listVms: (signal) => listVms(context, signal),
    async removeHostKey(host, key, signal) {
      const ref = await refs.host(host, signal);
      if (!ref.ok) return ref;
      return voidOf(await session.call("host.remove_from_other_config", [ref.value, key], signal));
    },
    async removeVmKey(vm, key, signal) {
      const ref = await refs.vm(vm, signal);
      if (!ref.ok) return ref;
      return voidOf(await session.call("VM.remove_from_other_config", [ref.value, key], signal));
    },
  };
}

async function listVms(
  { session }: XapiContext,
  signal: AbortSignal,
): Promise<XapiResult<readonly ListedVm[]>> {
  const [vmAnswer, applianceAnswer] = await Promise.all([
    session.call("VM.get_all_records_where", [REAL_VMS], signal, LIST_MS),
    session.call("VM_appliance.get_all_records", [], signal, LIST_MS),
  ]);
  const vms = parseRecords("VM.get_all_records_where", haltedRecord, vmAnswer);
  if (!vms.ok) return vms;
  const appliances = parseRecords("VM_appliance.get_all_records", applianceRecord, applianceAnswer);
  if (!appliances.ok) return appliances;
  const real = [...vms.value.values()].filter(isRealVm);
  const listed = real.map((vm) => listedVm(vm, appliances.value)).sort(byNameThenUuid);
  return { ok: true, value: listed };
}

function listedVm(vm: HaltedRecord, appliances: ReadonlyMap<string, ApplianceRecord>): ListedVm {
  return {
    ...writeHalted(vm, false, { appliances, hosts: new Map(), clears: false }),
    ranOn: null,
    ranInBoot: null,
    powerState: vm.power_state,
    applianceName: appliances.get(vm.appliance)?.name_label ?? null,
  };
}

/** By code units: the same order on every host, whatever its language. */
function byNameThenUuid(a: ListedVm, b: ListedVm): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.uuid < b.uuid ? -1 : 1;
}
