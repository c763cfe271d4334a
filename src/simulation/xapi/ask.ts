import type { SimHost, World, XapiProcess } from "../world.ts";
import { connect } from "./connection.ts";
import { pause, until } from "./process.ts";

/**
 * Asks another host's xapi "are you a slave?" (`pool.is_slave`), as a new master does before it trusts itself, and as
 * XAPI does before it resets power states.
 *
 * The question needs the other's database connection: a slave that is blocked on a dead master does not answer until
 * its xapi ends or finds a master, and neither does a hung xapi, for which nothing sets a limit
 * (adapters/xapi/README.md, "How XAPI asks whether a host is alive").
 * @param silenceMs what a connection to nobody costs
 */
export async function askIsSlave(
  world: World,
  asker: XapiProcess,
  host: SimHost,
  silenceMs: number,
): Promise<"slave" | "master" | "nobody"> {
  if (!world.reaches(asker.host.number, host.number)) {
    if (!world.isUnreachable(asker.host.number, host.address)) await pause(world, asker, silenceMs);
    return "nobody";
  }
  const process = host.xapi;
  await pause(world, asker, world.timings.callMs);
  if (process === null || !process.alive || !process.answers) return "nobody";
  if (process.role.kind === "slave" && process.serving && !process.connected) connect(world, process);
  const answered = () => !process.frozen && (process.role.kind !== "slave" || process.connected);
  const ended = () => !process.alive || !world.reaches(asker.host.number, host.number);
  await until(world, asker, () => answered() || ended());
  if (ended()) return "nobody";
  return process.role.kind === "master" ? "master" : "slave";
}
