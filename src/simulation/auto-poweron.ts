import type { Fields } from "./database.ts";
import type { SimHost, World } from "./world.ts";
import { handle } from "./xapi/route.ts";

/**
 * What a host does once after it has booted, when its xapi is whole: `xe vm-start` for every halted VM whose
 * other_config says `auto_poweron=true`. XAPI chooses the host.
 */
export function powerOnAtBoot(world: World): void {
  const booting = new Set<unknown>();
  world.listeners.push(({ what, host, present }) => {
    if (what === "power-on") booting.add(host);
    if (what !== "cookie" || present !== true || !booting.delete(host)) return;
    void startAutoPoweron(world, world.host(Number(host)));
  });
}

async function startAutoPoweron(world: World, host: SimHost): Promise<void> {
  const ask = async (method: string, params: readonly unknown[]): Promise<unknown> => {
    const answer = await handle(world, host.number, "unix", { jsonrpc: "2.0", id: 1, method, params });
    return typeof answer === "string" || answer.http !== 200 ? null : (answer.body as Fields)["result"];
  };
  const session = await ask("session.login_with_password", ["root", ""]);
  const records = await ask("VM.get_all_records", [session]);
  if (typeof records !== "object" || records === null) return;
  for (const [ref, vm] of Object.entries(records as Record<string, Fields>)) {
    const wanted = (vm["other_config"] as Fields)["auto_poweron"] === "true";
    if (!wanted || vm["power_state"] !== "Halted") continue;
    world.record("auto-poweron", { host: host.number, vm: vm["name_label"] });
    await ask("VM.start", [session, ref, false, false]);
  }
}
