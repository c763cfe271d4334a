import { type Fault, passing } from "./fault.ts";
import type { RedfishClient } from "./redfish-client.ts";
import { linkOf, readMembers } from "./resources.ts";

/** A chassis with more is not asked system by system while a pool waits. */
const MOST_SYSTEMS = 32;
const MOST_PAGES = 32;

export interface SystemList {
  readonly ok: true;
  readonly links: readonly string[];
  /** Why one that is not in it may exist all the same; null when it is the whole list. */
  readonly incomplete: string | null;
}

/** From the service root to the links of all systems, page by page. */
export async function listSystems(client: RedfishClient, signal: AbortSignal): Promise<SystemList | Fault> {
  const root = await client.getRoot(signal);
  if (!root.ok) return root;
  const first = linkOf(root.body["Systems"]);
  if (first === null) return passing("it offers no Systems: no Redfish service for servers");
  const links = new Set<string>();
  const pages = new Set<string>();
  let counted: number | null = null;
  let odd = 0;
  let next: string | null = first;
  while (next !== null && !pages.has(next) && pages.size < MOST_PAGES) {
    pages.add(next);
    const page = await client.get(next, signal);
    if (!page.ok) return page;
    const members = readMembers(page.body);
    if (typeof members === "string") return passing(members);
    for (const link of members.links) links.add(link);
    if (links.size > MOST_SYSTEMS)
      return passing(`it has more than ${MOST_SYSTEMS} systems, and that is the most that are read`);
    counted = members.count ?? counted;
    odd += members.odd;
    next = members.next;
  }
  return { ok: true, links: [...links], incomplete: whyIncomplete(links.size, counted, odd, next) };
}

/** A count that is too low contradicts what is there to see, so it is the count that is wrong. */
function whyIncomplete(
  seen: number,
  counted: number | null,
  odd: number,
  next: string | null,
): string | null {
  if (next !== null) return "its list of systems has no end";
  if (odd > 0) return `${odd} of the entries of its list of systems cannot be read`;
  if (counted !== null && counted > seen) return `it says that it has ${counted} systems, and lists ${seen}`;
  return null;
}
