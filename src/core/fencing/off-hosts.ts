import { type Incident, waitsForFence } from "../memory/incident.ts";
import type { Memory } from "../memory/memory.ts";
import type { HostUuid } from "../model/ids.ts";

/**
 * Hosts that are off: by a proof, or because the administrator has chosen that they count as off. The master from which this host
 * takes over is one of them: with FENCE_ENABLED=0 nothing else says so. In order of uuid.
 */
export function offHosts({
  incidents,
  promotion,
  lastGood,
}: Pick<Memory, "incidents" | "promotion" | "lastGood">): readonly HostUuid[] {
  // XAPI may still reach a host that merely counts as off, and refuse to declare it dead; a dead master nobody can ask.
  const isOff = ({ host, phase, proved }: Incident) =>
    phase === "declared" || (phase === "fenced" && (proved || host === lastGood?.master));
  const off = Object.values(incidents)
    .filter(isOff)
    .map(({ host }) => host);
  // When it has been named the group counts without the old one.
  const replaced = promotion?.phase === "proved" ? promotion.oldMaster : null;
  return [...new Set(replaced === null || isBack(incidents[replaced]) ? off : [...off, replaced])].sort();
}

/** It lives again, or the proof that it was off is over. */
function isBack(incident: Incident | undefined): boolean {
  if (incident === undefined) return false;
  const { phase, offSinceMs } = incident;
  const wasOff = offSinceMs !== null && waitsForFence(incident);
  return wasOff || phase === "returned" || phase === "answered" || phase === "switched-on";
}
