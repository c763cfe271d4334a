import { STALE_MS } from "../app/pass/read-hearing.ts";
import type { Hearing } from "../core/model/hearing.ts";
import type { CliPorts } from "./cli-ports.ts";

/** Why an administrator's word is for nothing where `hearingNow` is null, as the end of a sentence. */
export const MONITOR_SILENT =
  "the monitor of this host says nothing, and acts on nothing; start it: service ha-lizard start -w";

/** What the monitor of this host hears now; null: it does not run, or has published nothing within three seconds. */
export async function hearingNow({
  hearing,
  clock,
}: Pick<CliPorts, "hearing" | "clock">): Promise<Hearing | null> {
  const read = await hearing.read();
  return read !== null && Math.abs(clock.uptimeMs() - read.atMs) <= STALE_MS ? read : null;
}
