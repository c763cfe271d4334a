import { type OptionsFile, parseOptions } from "../options-file.ts";

export type RedfishOptionName = "CA_FILE";

const KNOWN = {
  /** File of PEM certificates that sign those of the devices; empty: each device's certificate is pinned when first seen. */
  CA_FILE: { fallback: "", pattern: /^(\/[^\0]*)?$/ },
} as const;

/** Reads `REDFISH.conf`. */
export function parseRedfishOptions(text: string): OptionsFile<RedfishOptionName> {
  return parseOptions<RedfishOptionName>(text, KNOWN);
}
