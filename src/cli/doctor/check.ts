import type { Settings } from "../../config/params.ts";
import type { PoolSurvey } from "../../ports/pool-survey.ts";
import type { CliPorts } from "../cli-ports.ts";
import type { SeenHost, Sight } from "../sight/sight.ts";

/** `bad`: HA does not do what its parameters promise. `warn`: it does, and somebody should know what it will not do. */
export type Verdict = "ok" | "warn" | "bad";

/**
 * One finding, one line; in `ha-cfg doctor --json` an object as it stands here. Fields may be added, these stay.
 */
export interface Finding {
  /** The check that it is of: a name for programs that stays. */
  readonly check: string;
  readonly verdict: Verdict;
  readonly text: string;
  /** What to do; null when there is nothing to do. */
  readonly cure: string | null;
}

/** What every check is given. */
export interface Examination {
  readonly ports: CliPorts;
  readonly sight: Sight;
  readonly settings: Settings;
  readonly survey: PoolSurvey;
}

/** A group of checks that are made together. None writes, none rejects. */
export interface Check {
  readonly name: string;
  /** After this it is cut off, which is a finding; what it asks of others has deadlines of its own below this. */
  readonly limitMs: (settings: Settings) => number;
  run(examination: Examination, signal: AbortSignal): Promise<readonly Finding[]>;
}

/** The three kinds of findings of a check. */
export function findingsOf(check: string) {
  return {
    ok: (text: string): Finding => ({ check, verdict: "ok", text, cure: null }),
    warn: (text: string, cure: string | null = null): Finding => ({ check, verdict: "warn", text, cure }),
    bad: (text: string, cure: string): Finding => ({ check, verdict: "bad", text, cure }),
  };
}

/** Hosts that count, as far as this host knows: the enabled ones. */
export function enabledHosts({ sight }: Examination): readonly SeenHost[] {
  return sight.hosts.filter(({ enabled }) => enabled);
}

/** `a, b, c and 4 more`: a line stays a line. */
export function fewNames(names: readonly string[], most = 5): string {
  const more = names.length - most;
  return names.slice(0, most).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
