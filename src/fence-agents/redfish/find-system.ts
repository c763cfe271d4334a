import { chooseSystem } from "./choose-system.ts";
import type { RedfishClient } from "./redfish-client.ts";
import { linkOf, readMembers, readSystem, type SystemFacts } from "./resources.ts";

export interface FoundSystem extends SystemFacts {
  readonly link: string;
}

/** A chassis with more is not asked system by system while a pool waits. */
const MOST_SYSTEMS = 32;

/**
 * From the service root to the one system that is this host. `wanted` (Id or UUID) says which; without it there must be
 * exactly one. A string says why there is none: what is not certain is not switched.
 */
export async function findSystem(
  client: RedfishClient,
  wanted: string | null,
  signal: AbortSignal,
): Promise<FoundSystem | string> {
  const root = await client.get("/redfish/v1/", signal);
  if (!root.ok) return root.why;
  const systems = linkOf(root.body["Systems"]);
  if (systems === null) return "it offers no Systems: no Redfish service for servers";
  const collection = await client.get(systems, signal);
  if (!collection.ok) return collection.why;
  const members = readMembers(collection.body);
  if (typeof members === "string") return members;
  if (members.length > MOST_SYSTEMS)
    return `it has ${members.length} systems; at most ${MOST_SYSTEMS} are read`;
  const [only, ...more] = members;
  if (only === undefined) return "its list of systems is empty";
  if (wanted === null && more.length > 0)
    return `it has ${members.length} systems (${members.slice(0, 4).join(", ")}); say which in REDFISH.hosts: <host uuid>:<address>/<Id or UUID of the system>`;
  return await readCandidates(client, wanted, members, signal);
}

/** A system that cannot be read, an empty slot perhaps, does not keep its neighbour from being found. */
async function readCandidates(
  client: RedfishClient,
  wanted: string | null,
  members: readonly string[],
  signal: AbortSignal,
): Promise<FoundSystem | string> {
  const found: FoundSystem[] = [];
  let fault: string | null = null;
  for (const link of members) {
    const got = await client.get(link, signal);
    if (got.ok) found.push({ ...readSystem(got.body), link });
    else fault = got.why;
  }
  const [first] = found;
  if (first === undefined) return fault ?? "its list of systems is empty";
  if (wanted === null) return first;
  const chosen = chooseSystem(wanted, found);
  return typeof chosen === "string" && fault !== null ? `${chosen}; of another it says: ${fault}` : chosen;
}
