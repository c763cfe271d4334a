import { findParameter, type ParameterName } from "../config/params.ts";
import { unknownParameter } from "../config/resolve.ts";
import { UsageError } from "./cli-ports.ts";

/** The parameter that was typed, in any case. Throws UsageError with the nearest name. */
export function requireParameter(action: string, typed: string): ParameterName {
  const known = findParameter(typed.replace(/^HA_/i, ""));
  if (known === undefined) throw new UsageError(`Cannot ${action} ${typed}: ${unknownParameter(typed)}`);
  return known;
}
