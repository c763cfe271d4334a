import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import type { FenceMethods, MethodRequest } from "../../ports/fence-methods.ts";
import type { FenceRequest } from "../../ports/fencer.ts";
import { agentOf, checkAgent } from "./agent-script.ts";
import type { BuiltInMethods } from "./fence-agent.ts";
import { createTestedAgents } from "./tested-agents.ts";

export interface FenceMethodsOptions {
  readonly builtIn: BuiltInMethods;
  /** Why a built-in method cannot fence this host, found without asking its device; null when it can. */
  readonly check: (request: Omit<FenceRequest, "action">) => Promise<string | null>;
  /** Folder of the built-in methods' lists; the scripts in it are the built-in methods' own. */
  readonly standard: string;
  /** The state folder. */
  readonly state: string;
}

/** What the files of this host say about its fence methods. */
export function createFenceMethods(options: FenceMethodsOptions): FenceMethods {
  const tested = createTestedAgents(options.state);
  return {
    async examine(request, hosts) {
      const nothing = { faults: [], ignoredAgent: null, untestedAgent: null };
      const agent = agentOf(request);
      if (!options.builtIn.has(request.method)) {
        const fault = checkAgent(request);
        if (fault !== null) return { ...nothing, faults: [fault.detail] };
        return { ...nothing, untestedAgent: tested.isTested(request.method, agent) ? null : agent };
      }
      const isOwn = relative(options.standard, agent) === join(request.method, `${request.method}.sh`);
      const ignoredAgent = !isOwn && existsSync(agent) ? agent : null;
      const checked = await Promise.all(hosts.map((host) => checkBuiltIn({ ...request, host }, options)));
      const faults = [...new Set(checked.filter((fault) => fault !== null))];
      return { ...nothing, faults, ignoredAgent };
    },
    async remember(request: MethodRequest) {
      if (options.builtIn.has(request.method)) return null;
      try {
        await tested.remember(request.method, agentOf(request));
        return null;
      } catch (error) {
        return messageOf(error);
      }
    },
  };
}

async function checkBuiltIn(
  request: Omit<FenceRequest, "action">,
  { check }: FenceMethodsOptions,
): Promise<string | null> {
  try {
    return request.method === "POOL" ? null : await check(request);
  } catch (error) {
    return messageOf(error);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
