import { join } from "node:path";
import { createScriptFencer } from "../adapters/fencing/fencer-script.ts";
import type { Fencer } from "../ports/fencer.ts";
import type { Runtime } from "./runtime.ts";

/** The fence agents of this machine, for the iteration and ha-cfg. */
export function createFencer({ clock, logger, environment, paths, self }: Runtime): Fencer {
  const locks = join(paths.state, "locks");
  // Agents of this program start it again; from source that is not one file, and they keep to the installed one.
  const [executable = "", ...entry] = self;
  const program = entry.length === 0 ? executable : (process.env["HA_LIZARD_PROGRAM"] ?? "");
  return createScriptFencer({ clock, logger, environment, locks, program });
}
