import { PRESETS } from "../../config/presets.ts";
import { markdownTable } from "../fill.ts";

/** The presets of `ha-cfg preset` and for whom each is. */
export function presetsTable(): string {
  const rows = [...PRESETS].map(([name, { meaning }]) => [`\`${name}\``, meaning]);
  return markdownTable(["preset", "for"], rows);
}
