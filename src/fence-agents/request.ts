import { type HostUuid, hostUuid, isUuid } from "../core/model/ids.ts";
import { methodFolder } from "./method-folder.ts";
import type { PowerAction } from "./switch-power.ts";

/** What an agent is asked: `<host uuid> <action>` on its command line, everything else in its environment. */
export interface AgentRequest {
  readonly host: HostUuid;
  readonly action: PowerAction;
  /** Folder of the method: its lists and options. */
  readonly folder: string;
  /** The whole of it: connect, act, verify. */
  readonly timeoutMs: number;
  readonly password: string;
  /** null: the method's own default, or the list's. */
  readonly user: string | null;
  /** FENCE_IPADDRESS: a device for all hosts; empty when each has its own. */
  readonly address: string;
}

const ACTIONS: readonly PowerAction[] = ["start", "stop", "reset", "status"];
const DEFAULT_TIMEOUT_S = 60;
/** The agent ends by itself, and says why, before the one who called it ends it. */
const MARGIN_MS = 1_000;

/**
 * Reads an agent's arguments and environment (fence-agents/README.md, "The contract of an agent"); a string says what
 * is wrong with them. `standard`: the folder of the built-in methods' lists.
 */
export function readRequest(
  method: string,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  standard: string,
): AgentRequest | string {
  const [host = "", typed = "", ...more] = args;
  const usage = `usage: ${method}.sh <host uuid> <${ACTIONS.join("|")}>`;
  const action = ACTIONS.find((candidate) => candidate === typed);
  if (action === undefined || more.length > 0) return usage;
  if (!isUuid(host)) return `${host} is no uuid of a host; ${usage}`;
  const timeoutS = Number(environment["FENCE_TIMEOUT"] || DEFAULT_TIMEOUT_S);
  if (!(timeoutS >= 1)) return `FENCE_TIMEOUT=${environment["FENCE_TIMEOUT"]} is no number of seconds`;
  return {
    host: hostUuid(host.toLowerCase()),
    action,
    folder: methodFolder(method, environment["FENCE_FILE_LOC"] || standard, standard),
    timeoutMs: Math.max(timeoutS * 1_000 - MARGIN_MS, 500),
    password: environment["FENCE_PASSWD"] ?? "",
    user: environment["FENCE_USER"] || null,
    address: environment["FENCE_IPADDRESS"] ?? "",
  };
}
