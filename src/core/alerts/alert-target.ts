import type { KnownHost } from "../memory/last-good.ts";
import type { AlertTarget } from "../model/alert.ts";
import type { HostUuid } from "../model/ids.ts";
import type { Reason } from "../model/reason.ts";

/** What is said of the host that says it. */
const OF_THIS_HOST: ReadonlySet<Reason["kind"]> = new Set([
  "role-unknown",
  "xapi-silent",
  "parameters-unknown",
  "state-damaged",
  "state-not-saved",
  "isolated",
  "out-of-ha-after-reboot",
  "not-promoted",
  "promoting",
  "promoted",
  "promotion-dropped",
  "stood-down",
  "toolstack-restarted",
]);

/**
 * What an alert is about, so that it is seen where an administrator looks: on the VM, on the host, else on the pool.
 * Reasons name hosts as people do; a name that two hosts have says nothing.
 */
export function alertTarget(reason: Reason, self: HostUuid, hosts: readonly KnownHost[]): AlertTarget {
  if ("uuid" in reason && reason.uuid !== null) return { kind: "vm", uuid: reason.uuid };
  if ("host" in reason) {
    const named = hosts.filter(({ uuid, name }) => name === reason.host || uuid === reason.host);
    const [host] = named;
    return host !== undefined && named.length === 1 ? { kind: "host", uuid: host.uuid } : { kind: "pool" };
  }
  return OF_THIS_HOST.has(reason.kind) ? { kind: "host", uuid: self } : { kind: "pool" };
}
