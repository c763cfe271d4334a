import { createDomain } from "./domains.ts";
import type { SimHost, Start, World } from "./world.ts";

/**
 * xenopsd of a host carries a start out once it was handed over, whatever becomes of the xapi that asked for it
 * (adapters/xapi/README.md, "Where a start is").
 */

/** Uuids of the VMs that xenopsd of a host knows: running, or asked for. This is what a host can say of itself. */
export function knownToXenopsd(host: SimHost): readonly string[] {
  return [...new Set([...host.domains.keys(), ...host.starts.keys()])];
}

/** The VM's folder appears; nothing is queued yet. */
export function handOver(host: SimHost, vm: string): Start {
  const start: Start = { stage: "handed" };
  host.starts.set(vm, start);
  return start;
}

/** From here on only the end of power or of xenopsd keeps the domain from running, `ms` later. */
export function queue(world: World, host: SimHost, vm: string, ms: number): void {
  const start = host.starts.get(vm);
  if (start === undefined) return;
  start.stage = "queued";
  world.clock.schedule(ms, () => {
    if (host.starts.get(vm) !== start || start.stage !== "queued") return;
    start.stage = "done";
    host.starts.delete(vm);
    createDomain(world, host, vm);
    world.changed();
  });
}

/** A xapi that begins removes what its predecessor had not queued, and what xenopsd has lost. */
export function sweepStarts(host: SimHost): void {
  for (const [vm, { stage }] of host.starts) if (stage !== "queued") host.starts.delete(vm);
}

/** Without power nothing is left of it. */
export function dropStarts(host: SimHost): void {
  host.starts.clear();
}

/**
 * kill -9 of xenopsd, which is started again at once. What it was at work on is lost, and the xapi that waits for it
 * hangs in every operation on this host until it is restarted.
 */
export function killXenopsd(world: World, host: SimHost): void {
  world.record("xenopsd-killed", { host: host.number });
  for (const start of host.starts.values()) {
    if (start.stage !== "queued") continue;
    start.stage = "lost";
    if (host.xapi !== null) host.xapi.stuck = true;
  }
}

/** Has xenopsd nothing under way? The start of a xapi is not complete before. */
export function isIdle(host: SimHost): boolean {
  return [...host.starts.values()].every(({ stage }) => stage !== "queued");
}
