import type { Settings } from "../../config/params.ts";
import { fenceMethods } from "../../core/fencing/fence-policy.ts";
import type { ReadList } from "../../ports/fence-lists.ts";
import { askHosts, type HostAnswers, hostsToAsk } from "../ask-hosts.ts";
import { type CliPorts, UsageError } from "../cli-ports.ts";
import type { PoolAccess } from "../pool-access.ts";

/** What each host of the pool has as its list of a method. */
export type HostLists = HostAnswers<ReadList>;

/** For a BMC that nobody uses yet. */
const USUAL_METHOD = "IPMI";

/** The method whose list is meant: the one that was typed, else the first of FENCE_METHOD that has one. Throws UsageError. */
export function methodOfList(typed: string | undefined, settings: Settings, ports: CliPorts): string {
  const { methods } = ports.fenceLists;
  if (typed === undefined)
    return fenceMethods(settings.FENCE_METHOD).find((one) => methods.includes(one)) ?? USUAL_METHOD;
  const method = methods.find((one) => one === typed.toUpperCase());
  if (method !== undefined) return method;
  throw new UsageError(
    `Cannot run fence-hosts: ${typed} has no list that ha-cfg knows; there are ${methods.join(", ")}`,
  );
}

/** Asks every host of the pool at the same time. */
export async function readLists(method: string, pool: PoolAccess, ports: CliPorts): Promise<HostLists> {
  return askHosts(
    await hostsToAsk(pool, ports),
    ports,
    () => ports.fenceLists.read(method),
    (host, signal) => pool.xapi.readFenceList(host, method, signal),
  );
}

/** The list of this host. */
export function ownList(lists: HostLists): ReadList {
  const answer = lists.find(({ host }) => host.isSelf)?.answer;
  if (answer?.kind === "answer") return answer.value;
  return { ok: false, why: answer?.why ?? "this host is none of the pool's" };
}
