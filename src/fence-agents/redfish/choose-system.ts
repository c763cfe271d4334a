import { isSameMachine, readMachineId } from "./machine-id.ts";
import type { SystemFacts } from "./resources.ts";

/**
 * Whether this is the system that REDFISH.hosts names: by UUID if it looks like one, else by Id. A UUID is compared
 * with an Id only where the system tells no UUID of its own.
 */
export function isWanted(wanted: string, system: SystemFacts): boolean {
  const machine = readMachineId(wanted);
  if (machine === null) return system.id === wanted;
  const own = system.uuid === null ? readMachineId(system.id ?? "") : readMachineId(system.uuid);
  return own !== null && isSameMachine(own, machine);
}

/** The one system that is wanted, of those that could be read; a string says why none is. Never a guess. */
export function chooseSystem<System extends SystemFacts>(
  wanted: string,
  systems: readonly System[],
): System | string {
  const fitting = systems.filter((system) => isWanted(wanted, system));
  const machine = readMachineId(wanted);
  // Two machines whose UUIDs differ only in the byte order are possible; the exact one is meant.
  const exact = fitting.filter(({ uuid }) => machine !== null && readMachineId(uuid ?? "") === machine);
  const [found, ...more] = exact.length === 1 ? exact : fitting;
  if (found !== undefined && more.length === 0) return found;
  const seen = systems.map(({ id, uuid }) => `Id ${id ?? "?"} UUID ${uuid ?? "?"}`).join(", ") || "none";
  if (found !== undefined) return `several of its systems are ${wanted}; it has ${seen}`;
  const mute = systems.filter(({ uuid }) => uuid === null);
  if (machine === null || mute.length === 0)
    return `it is another machine than system ${wanted}; it has ${seen}`;
  return (
    `it cannot be told whether it is system ${wanted}: it tells no UUID${isOff(mute) ? " while it is off" : ""}; ` +
    `it has ${seen}. Name the system by its Id in REDFISH.hosts`
  );
}

function isOff(systems: readonly SystemFacts[]): boolean {
  return systems.every(({ power }) => power.kind === "off");
}
