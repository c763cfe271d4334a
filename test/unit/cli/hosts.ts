import { hostUuid } from "../../../src/core/model/ids.ts";
import type { HostView } from "../../../src/core/model/pool-view.ts";

/** The n-th host of a test's pool: it is up, and nothing runs there. */
export function hostView(n: number, extra: Partial<HostView> = {}): HostView {
  return {
    uuid: hostUuid(`1111111${n}-0000-4000-8000-000000000001`),
    name: `dom0-${n}`,
    address: `192.0.2.${n}`,
    otherAddresses: null,
    enabled: true,
    isEmptied: false,
    live: true,
    xapiStartTime: "1.",
    bootTime: "100.",
    otherConfig: {},
    residents: [],
    freeMemoryBytes: 0,
    squeezedFreeBytes: extra.freeMemoryBytes ?? 0,
    cpus: 8,
    ...extra,
  };
}
