import type { Memory } from "../memory/memory.ts";
import type { HostUuid } from "../model/ids.ts";

/** Hosts that are off: by a proof, or because the administrator has chosen that they count as off. In order of uuid. */
export function offHosts({ incidents }: Pick<Memory, "incidents">): readonly HostUuid[] {
  return Object.values(incidents)
    .filter(({ phase }) => phase === "fenced" || phase === "declared")
    .map(({ host }) => host)
    .sort();
}
