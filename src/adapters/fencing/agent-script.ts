import { accessSync, constants, existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { FenceFault } from "../../core/model/action.ts";
import type { FenceRequest } from "../../ports/fencer.ts";
import { whyUntrusted } from "./trusted-path.ts";

const METHOD = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}$/;

/** Why a method cannot be used. */
export interface AgentFault {
  readonly fault: FenceFault;
  readonly detail: string;
}

/** The agent's script: `<FENCE_FILE_LOC>/<METHOD>/<METHOD>.sh`. */
export function agentOf({ agents, method }: Pick<FenceRequest, "agents" | "method">): string {
  return join(agents, method, `${method}.sh`);
}

/**
 * Why the agent of a method cannot be run; null when it can. It is run as root, so neither it nor a folder above it may
 * be in anybody else's hands.
 */
export function checkAgent(request: Pick<FenceRequest, "agents" | "method">): AgentFault | null {
  const { method } = request;
  if (!METHOD.test(method)) return { fault: "agent-missing", detail: `${method} is no name of a method` };
  const agent = agentOf(request);
  if (!existsSync(agent))
    return { fault: "agent-missing", detail: `there is no ${agent}, and ${method} is not built in` };
  try {
    if (!statSync(agent).isFile()) return { fault: "agent-failed", detail: `${agent} is no ordinary file` };
    const why = whyUntrusted(agent);
    if (why !== null) return { fault: "agent-failed", detail: why };
    accessSync(agent, constants.X_OK);
    return null;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EACCES")
      return {
        fault: "agent-not-executable",
        detail: `${agent} is not executable; run: chmod 755 ${agent}`,
      };
    return { fault: "agent-failed", detail: `${agent}: ${error instanceof Error ? error.message : error}` };
  }
}
