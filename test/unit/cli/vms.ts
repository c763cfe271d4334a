import { applianceUuid, vmUuid } from "../../../src/core/model/ids.ts";
import type { ListedVm } from "../../../src/ports/pool-database.ts";
import { POOL } from "./fake-xapi.ts";

export const FLAG = "XenCenter.CustomFields.ha-lizard-enabled";

/** Uuid of the n-th VM of a test. */
export function uuidOf(n: number): string {
  return `aaaaaaaa-0000-4000-8000-${String(n).padStart(12, "0")}`;
}

/** A VM that runs and is at home in the pool; `flag` is its HA flag. */
export function vm(n: number, name: string, flag?: string, extra: Partial<ListedVm> = {}): ListedVm {
  const otherConfig: Record<string, string> = { "home-pool": POOL, "ha-lizard-ran": uuidOf(n) };
  if (flag !== undefined) otherConfig[FLAG] = flag;
  return {
    uuid: vmUuid(uuidOf(n)),
    name,
    order: 0,
    startDelayS: 0,
    restartPriority: "",
    memoryBytes: 1,
    leastMemoryBytes: extra.memoryBytes ?? 1,
    cpus: 1,
    affinity: null,
    scheduledOn: null,
    busy: false,
    startBlocked: false,
    alwaysRun: "unknown",
    ranOn: null,
    ranInBoot: null,
    otherConfig,
    appliance: null,
    applianceName: null,
    powerState: "Running",
    ...extra,
  };
}

export const SHOP = {
  appliance: applianceUuid("cccccccc-0000-4000-8000-000000000001"),
  applianceName: "shop",
};
