import { isUuid } from "../../core/model/ids.ts";
import type { SystemFacts } from "./resources.ts";

/** Whether this is the system that REDFISH.hosts names: by UUID if it looks like one, else by Id. */
export function isWanted(wanted: string, system: SystemFacts): boolean {
  return isUuid(wanted) ? system.uuid === wanted.toLowerCase() : system.id === wanted;
}

/** The one system that is wanted, of those that could be read; a string says why none is. Never a guess. */
export function chooseSystem<System extends SystemFacts>(
  wanted: string,
  systems: readonly System[],
): System | string {
  const [found, ...more] = systems.filter((system) => isWanted(wanted, system));
  if (found !== undefined && more.length === 0) return found;
  const seen = systems.map(({ id, uuid }) => `Id ${id ?? "?"} UUID ${uuid ?? "?"}`).join(", ");
  return found === undefined
    ? `it is another machine than system ${wanted}; it has ${seen || "none"}`
    : `several of its systems are ${wanted}; it has ${seen}`;
}
