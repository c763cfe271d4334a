import type { HostUuid, PoolUuid } from "../model/ids.ts";
import { MOST_HOSTS } from "./limits.ts";
import type { GroupReport } from "./own-state.ts";

/** A genuine heartbeat for this host, of a host that is not in its list. Nothing that it says is believed. */
export interface Greeting {
  readonly from: HostUuid;
  readonly pool: PoolUuid;
  /** It came from. */
  readonly address: string;
}

/** When an iteration was last woken for each host that has greeted, as uptime of this host. */
export type Greeted = ReadonlyMap<HostUuid, number>;

/** A host that was forgotten may greet for ever. */
const AGAIN_MS = 60_000;

/**
 * Is an iteration woken to read the pool again? A host that has just joined greets from its list, and runs VMs before the
 * others have seen it in the database. Once a minute for each host; of more hosts than a pool can have, for none.
 */
export function stepGreeted(
  greeted: Greeted,
  from: HostUuid,
  nowMs: number,
): { readonly greeted: Greeted; readonly wakes: boolean } {
  const lastMs = greeted.get(from) ?? Number.NEGATIVE_INFINITY;
  if (nowMs - lastMs < AGAIN_MS || (greeted.size >= MOST_HOSTS && !greeted.has(from)))
    return { greeted, wakes: false };
  return { greeted: new Map(greeted).set(from, nowMs), wakes: true };
}

/**
 * The report of a host that has no list, with one more host to answer: who greets knows the pool, and would else hear
 * nothing of this host. That makes nobody heard: an answer to what this host sends has to come first.
 */
export function withGreeter(report: GroupReport, { from, pool, address }: Greeting): GroupReport {
  const others = report.peers.filter(({ host }) => host !== from);
  const isStranger = report.pool !== null && report.pool !== pool;
  if (isStranger || from === report.self || others.length >= MOST_HOSTS - 1) return report;
  return { ...report, pool, peers: [...others, { host: from, addresses: [address] }] };
}
