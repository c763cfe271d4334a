import { chooseSystem } from "./choose-system.ts";
import { type Fault, passing } from "./fault.ts";
import { listSystems } from "./list-systems.ts";
import type { RedfishClient } from "./redfish-client.ts";
import { readSystem, type SystemFacts } from "./resources.ts";

export interface FoundSystem extends SystemFacts {
  readonly ok: true;
  readonly link: string;
}

/**
 * From the service root to the one system that is this host. `wanted` (Id or UUID) says which; without it there must be
 * exactly one. What is not certain is not switched.
 */
export async function findSystem(
  client: RedfishClient,
  wanted: string | null,
  signal: AbortSignal,
): Promise<FoundSystem | Fault> {
  const list = await listSystems(client, signal);
  if (!list.ok) return list;
  const { links, incomplete } = list;
  const name = "in REDFISH.hosts: <host uuid>:<address>/<Id or UUID of the system>";
  // One that is named is recognised when it is seen; where none is, one that is not seen may be the right one.
  if (wanted === null && incomplete !== null) return passing(`${incomplete}; say which it is ${name}`);
  const [only, ...more] = links;
  if (only === undefined) return passing(incomplete ?? "its list of systems is empty");
  if (wanted === null && more.length > 0)
    return passing(`it has ${links.length} systems (${links.slice(0, 4).join(", ")}); say which ${name}`);
  return await readCandidates(client, wanted, links, signal);
}

/** A system that cannot be read, an empty slot perhaps, does not keep its neighbour from being found. */
async function readCandidates(
  client: RedfishClient,
  wanted: string | null,
  links: readonly string[],
  signal: AbortSignal,
): Promise<FoundSystem | Fault> {
  const found: FoundSystem[] = [];
  let fault: Fault | null = null;
  for (const link of links) {
    const got = await client.get(link, signal);
    if (got.ok) found.push({ ...readSystem(got.body), ok: true, link });
    else fault = got;
    // A login that was refused is not tried again at the next one.
    if (fault?.final === true) return fault;
  }
  const [first] = found;
  if (first === undefined) return fault ?? passing("its list of systems is empty");
  if (wanted === null) return first;
  const chosen = chooseSystem(wanted, found);
  if (typeof chosen !== "string") return chosen;
  return passing(fault === null ? chosen : `${chosen}; of another it says: ${fault.why}`);
}
