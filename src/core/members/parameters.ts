import { isSetByPeople } from "../model/ha-flag.ts";
import { hashText } from "../model/plain-text.ts";
import { OFFICE_KEY, RANKING_KEY, SUCCESSOR_KEY } from "../model/pool-keys.ts";

/**
 * The pool's parameters in one text, to see a change: what HA-Lizard keeps in `pool.other_config`, nothing of other
 * programs. Compared, never parsed.
 */
export function fingerprintParameters(otherConfig: Readonly<Record<string, string>>): string {
  const ours = Object.entries(otherConfig).filter(
    ([key]) => isSetByPeople(key) || key === OFFICE_KEY || key === SUCCESSOR_KEY || key === RANKING_KEY,
  );
  const text = ours
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join("\n");
  return `${ours.length}:${hashText(text)}`;
}
