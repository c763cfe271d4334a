import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readRegularFileSync } from "../files/regular-file.ts";
import { removeLeftoversOf, replaceFile } from "../files/replace-file.ts";

const MOST_BYTES = 1_000;

/**
 * Which agents have been tested on this host: one file for each method below the state folder, with the SHA-256 of the
 * agent as it was then. An agent that changes has to be tested again.
 */
export interface TestedAgents {
  /** What cannot be read, or stands in a file that others may write, is no test. */
  isTested(method: string, agent: string): boolean;
  /** Rejects when it cannot be kept. */
  remember(method: string, agent: string): Promise<void>;
}

/** `state`: the state folder. */
export function createTestedAgents(state: string): TestedAgents {
  const folder = join(state, "fence-tests");
  const recordOf = (method: string) => join(folder, method);
  return {
    isTested(method, agent) {
      const record = readRegularFileSync(recordOf(method), { maxBytes: MOST_BYTES, trusted: true });
      return record.kind === "text" && record.text.trim() === fingerprintOf(agent);
    },
    async remember(method, agent) {
      const fingerprint = fingerprintOf(agent);
      if (fingerprint === null) throw new Error(`${agent} cannot be read`);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      await removeLeftoversOf(recordOf(method));
      await replaceFile(recordOf(method), `${fingerprint}\n`);
    },
  };
}

/** null when it cannot be read. */
function fingerprintOf(agent: string): string | null {
  try {
    return new Bun.CryptoHasher("sha256").update(readFileSync(agent)).digest("hex");
  } catch {
    return null;
  }
}
