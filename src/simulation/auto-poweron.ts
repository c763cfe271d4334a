import { askLocally } from "./administrator.ts";
import type { Fields } from "./database.ts";
import type { SimHost, World } from "./world.ts";

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

async function startAutoPoweron(world: World, { number }: SimHost): Promise<void> {
  const session = await askLocally(world, number, "session.login_with_password", ["root", ""]);
  if (!session.ok) return;
  const records = await askLocally(world, number, "VM.get_all_records", [session.value]);
  if (!records.ok) return;
  for (const [ref, vm] of Object.entries(records.value as Record<string, Fields>)) {
    const wanted = (vm["other_config"] as Fields)["auto_poweron"] === "true";
    if (!wanted || vm["power_state"] !== "Halted") continue;
    world.record("auto-poweron", { host: number, vm: vm["name_label"] });
    await askLocally(world, number, "VM.start", [session.value, ref, false, false]);
  }
}
