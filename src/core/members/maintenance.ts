import type { LastGoodView } from "../memory/memory.ts";
import type { HostUuid } from "../model/ids.ts";

/** Did somebody disable this host to work on it? One whose xapi has just started is disabled for a moment, too. */
export function isInMaintenance(lastGood: LastGoodView | null, uuid: HostUuid): boolean {
  const host = lastGood?.hosts.find((known) => known.uuid === uuid);
  return host?.enabled === false && !host.disabledByStart;
}
