import { type OptionsFile, parseOptions } from "../options-file.ts";

export type RedfishOptionName = "CA_FILE" | "LEGACY_TLS";

const KNOWN = {
  /** File of PEM certificates that sign those of the devices; empty: each device's certificate is pinned when first seen. */
  CA_FILE: { fallback: "", pattern: /^(\/[^\0]*)?$/ },
  /** `1`: also offer the TLS versions and cipher suites of old controllers. */
  LEGACY_TLS: { fallback: "0", pattern: /^[01]$/ },
} as const;

/** Reads `REDFISH.conf`. */
export function parseRedfishOptions(text: string): OptionsFile<RedfishOptionName> {
  return parseOptions<RedfishOptionName>(text, KNOWN);
}
