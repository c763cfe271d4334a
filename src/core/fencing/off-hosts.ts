import type { Memory } from "../memory/memory.ts";
import type { HostUuid } from "../model/ids.ts";

/**
 * Hosts that are off: by a proof, or because the administrator has chosen that they count as off. The master from which this host
 * takes over is one of them: with FENCE_ENABLED=0 nothing else says so. In order of uuid.
 */
export function offHosts({
  incidents,
  promotion,
}: Pick<Memory, "incidents" | "promotion">): readonly HostUuid[] {
  const off = Object.values(incidents)
    .filter(({ phase }) => phase === "fenced" || phase === "declared")
    .map(({ host }) => host);
  const replaced = promotion?.oldMaster ?? null;
  const hasReturned =
    replaced !== null && ["returned", "answered"].includes(incidents[replaced]?.phase ?? "");
  return [...new Set(replaced === null || hasReturned ? off : [...off, replaced])].sort();
}
