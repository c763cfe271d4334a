import { existsSync } from "node:fs";
import { join } from "node:path";

/**
 * Where a built-in method's lists and options are: below FENCE_FILE_LOC when that has its list, else in the standard place.
 * HA-Lizard 2.x leaves a FENCE_FILE_LOC behind that has nothing of ours.
 */
export function methodFolder(method: string, agents: string, standard: string): string {
  const own = join(agents, method);
  return existsSync(join(own, `${method}.hosts`)) ? own : join(standard, method);
}
