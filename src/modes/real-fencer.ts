import { join } from "node:path";
import { createScriptFencer } from "../adapters/fencer-script.ts";
import type { Fencer } from "../ports/fencer.ts";
import type { Runtime } from "./runtime.ts";

/** The fence agents of this machine, for the iteration and ha-cfg. */
export function createFencer({ clock, logger, environment, paths }: Runtime): Fencer {
  const locks = join(paths.state, "locks");
  // Agents of this program start it again; from source that is not one file, and they keep to the installed one.
  const compiled = Bun.main.startsWith("/$bunfs/");
  const program = compiled ? process.execPath : (process.env["HA_LIZARD_PROGRAM"] ?? "");
  return createScriptFencer({ clock, logger, environment, locks, program });
}
