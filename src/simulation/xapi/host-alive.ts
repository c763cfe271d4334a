import { askIsSlave } from "./ask.ts";
import { hostOfRef } from "./connection.ts";
import type { Call } from "./method.ts";

/**
 * XAPI's own idea of "is that host alive?": what the database calls dead is dead; the rest is asked, which costs 10 s
 * when nobody is there and has no end when its xapi hangs (adapters/xapi/README.md, "How XAPI asks whether a host is
 * alive"). Its domains are not looked at.
 */
export async function isHostAlive(call: Call, hostRef: string): Promise<boolean> {
  const { database, process, world } = call;
  const host = hostOfRef(world, hostRef);
  if (host === undefined) return false;
  if (host === process.host) return true;
  if (database.get("host_metrics", host.metricsRef)?.["live"] !== true) return false;
  return (await askIsSlave(world, process, host, world.timings.deadHostQuestionMs)) !== "nobody";
}
