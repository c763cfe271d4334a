import { fenceRequest } from "../app/pass/fence.ts";
import type { Settings } from "../config/params.ts";
import { fenceMethods } from "../core/fencing/fence-policy.ts";
import type { HostUuid } from "../core/model/ids.ts";
import type { MethodReport, MethodRequest } from "../ports/fence-methods.ts";
import type { CliPorts } from "./cli-ports.ts";

/** More than a few are the same fault on every host. */
const MOST_FAULTS = 3;

/** A method as the files of this host ask for it, whichever host it fences. */
export function methodRequest(method: string, settings: Settings): MethodRequest {
  const { agents, timeoutMs, device } = fenceRequest("" as HostUuid, method, settings);
  return { method, agents, timeoutMs, device };
}

/** What is known of every method of FENCE_METHOD without asking a device. */
export function methodReports(
  ports: CliPorts,
  settings: Settings,
  hosts: readonly HostUuid[],
): Promise<readonly { readonly method: string; readonly report: MethodReport }[]> {
  return Promise.all(
    fenceMethods(settings.FENCE_METHOD).map(async (method) => ({
      method,
      report: await ports.fenceMethods.examine(methodRequest(method, settings), hosts),
    })),
  );
}

/** An exit status of 0 is all that an agent says of a host that it has fenced. */
export function untestedText(agent: string): string {
  return `${agent} has not been tested on this host, and its exit status 0 counts as proof that a host is off`;
}

export function ignoredText(agent: string, method: string): string {
  return `${agent} is not used, because ${method} is built in; an agent of your own needs another name`;
}

/** Says which fence methods cannot work, or are not known to, before they are needed. A single host is fenced by nobody. */
export async function warnOfFencing(
  ports: CliPorts,
  settings: Settings,
  hosts: readonly { readonly uuid: HostUuid }[],
): Promise<void> {
  if (!settings.FENCE_ENABLED || hosts.length < 2) return;
  const warn = (text: string) => ports.stderr(`Warning: ${text}.\n`);
  const uuids = hosts.map(({ uuid }) => uuid);
  for (const { method, report } of await methodReports(ports, settings, uuids)) {
    const { faults, ignoredAgent, untestedAgent } = report;
    for (const fault of faults.slice(0, MOST_FAULTS))
      warn(`${method} cannot fence: ${fault.replace(/^Cannot fence: /, "")}`);
    const more = faults.length - MOST_FAULTS;
    if (more > 0) warn(`${method} cannot fence: ${more} more faults like these; ha-cfg fence-test shows all`);
    if (ignoredAgent !== null) warn(ignoredText(ignoredAgent, method));
    if (untestedAgent !== null) warn(`${untestedText(untestedAgent)}; run: ha-cfg fence-test`);
  }
}
