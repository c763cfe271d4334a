import { parseEvents } from "../record/event-shapes.ts";
import { incidentsOf } from "../record/incidents.ts";
import type { PoolIncident, SeenEvent } from "../record/pool-incident.ts";
import { askHosts, hostsToAsk } from "./ask-hosts.ts";
import type { CliPorts } from "./cli-ports.ts";
import { withPool } from "./pool-access.ts";

/** What the hosts of a pool have recorded, put together. */
export interface PoolHistory {
  /** The oldest first. */
  readonly incidents: readonly PoolIncident[];
  /** Hosts whose record is missing in it, and why. */
  readonly missing: readonly { readonly host: string; readonly why: string }[];
}

const DAYS = 30;
const DAY_MS = 86_400_000;
/** What the plugin of another host says at most, too. */
const OWN_BYTES = 4_000_000;

/** Reads the record of this host, and asks the others for theirs; without XAPI that of this host alone. */
export async function poolHistory(ports: CliPorts): Promise<PoolHistory> {
  const sinceMs = ports.clock.wallMs() - DAYS * DAY_MS;
  const own = () => ports.records.events(sinceMs, OWN_BYTES);
  const seen: SeenEvent[] = [];
  const missing: { host: string; why: string }[] = [];
  const add = (seenBy: string, said: readonly unknown[]) => {
    for (const event of parseEvents(said)) seen.push({ ...event, seenBy });
  };
  await withPool(ports, async (pool) => {
    if (pool.database === null) {
      add(ports.hostName, await own());
      missing.push({ host: "all other hosts", why: "XAPI does not answer here" });
      return pool.exitWithout;
    }
    const hosts = await hostsToAsk(pool, ports);
    const answers = await askHosts(hosts, ports, own, (host, signal) =>
      pool.xapi.askHistory(host, sinceMs, signal),
    );
    for (const { host, answer } of answers) {
      if (answer.kind === "answer") add(host.name, answer.value);
      else missing.push({ host: host.name, why: answer.why });
    }
    return pool.exitWithout;
  });
  return { incidents: incidentsOf(seen), missing };
}

/** The incident that is meant: by its name, or `last`. */
export function findIncident({ incidents }: PoolHistory, typed: string): PoolIncident | undefined {
  return typed === "last" ? incidents.at(-1) : incidents.find(({ id }) => id === typed);
}
