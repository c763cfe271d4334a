import { type Resolved, resolveSettings } from "../../config/resolve.ts";
import type { ConfigTexts } from "../../ports/config-source.ts";

/** The parameters in force on this host; `pool` is null when the pool database could not be read. */
export function resolveTexts(texts: ConfigTexts, pool: Readonly<Record<string, string>> | null): Resolved {
  const { override, unclear = [], lastGood } = texts;
  return resolveSettings({ override, unclear, pool, lastGood: lastGood ?? {} });
}
