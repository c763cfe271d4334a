import type { HostsEntry } from "./hosts-file.ts";
import type { AgentRequest } from "./request.ts";

/** With what an agent logs in at a device. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/** The list's user, else FENCE_USER; there is no default, because a wrong guess locks accounts. A string says what is missing. */
export function findLogin(method: string, entry: HostsEntry, request: AgentRequest): Login | string {
  const user = entry.user ?? request.user;
  if (user === null)
    return `Cannot fence: no user for ${entry.device}; set FENCE_USER, or write it at the end of line ${entry.line} of ${request.folder}/${method}.hosts`;
  if (request.password === "")
    return `Cannot fence: no password for ${user} at ${entry.device}; set FENCE_PASSWD`;
  return { user, password: request.password };
}
