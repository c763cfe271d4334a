import { STALE_MS } from "../app/pass/read-hearing.ts";
import type { Hearing } from "../core/model/hearing.ts";
import type { HostUuid } from "../core/model/ids.ts";
import type { CliPorts } from "./cli-ports.ts";

/** Why an administrator's word is for nothing where `hearingNow` is null, as the end of a sentence. */
export const MONITOR_SILENT =
  "the monitor of this host says nothing, and acts on nothing; start it: service ha-lizard start -w";

/**
 * Why an administrator's word is to be given on another host, which leads and so does what the word is about (`does`), as the end of a
 * sentence; null: this host hears of no other one that leads.
 */
export function ledElsewhere(
  { group: { lead, leader } }: Hearing,
  nameOf: (host: HostUuid) => string,
  does: string,
): string | null {
  if (lead !== "hears" || leader === null) return null;
  return `${nameOf(leader)} leads the hosts of this pool, and ${does}; run this there`;
}

/** What the monitor of this host hears now; null: it does not run, or has published nothing within three seconds. */
export async function hearingNow({
  hearing,
  clock,
}: Pick<CliPorts, "hearing" | "clock">): Promise<Hearing | null> {
  const read = await hearing.read();
  return read !== null && Math.abs(clock.uptimeMs() - read.atMs) <= STALE_MS ? read : null;
}
