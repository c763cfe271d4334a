import { join } from "node:path";
import { createScriptFencer } from "../adapters/fencing/fencer-script.ts";
import { METHODS } from "../fence-agents/methods.ts";
import type { Fencer } from "../ports/fencer.ts";
import type { Runtime } from "./runtime.ts";

/** The methods of this program's own: they need no folder. */
export const BUILT_IN: ReadonlySet<string> = new Set(["POOL", ...Object.keys(METHODS)]);

/** The fence agents of this machine, for the iteration and ha-cfg. */
export function createFencer({ clock, logger, environment, paths, self }: Runtime): Fencer {
  const locks = join(paths.state, "locks");
  return createScriptFencer({ clock, logger, environment, locks, builtIn: BUILT_IN, self });
}
