import type { HostHealth } from "../../core/memory/host-health.ts";
import type { SeenHost, Sight } from "../sight/sight.ts";
import type { HostReport } from "./status-report.ts";

/** Every host of the pool as this one sees it, the master first, then by name. */
export function hostReports(sight: Sight, nowMs: number): readonly HostReport[] {
  const { memory, master } = sight;
  return sight.hosts
    .map((host): HostReport => {
      const { uuid, name, address, isSelf, vms } = host;
      const known = memory?.memory.lastGood?.hosts.find((one) => one.uuid === uuid);
      // XAPI has enabled it with its start, and it stays in maintenance.
      const enabled = host.enabled && known?.work?.kind !== "enabled-by-start";
      const role = uuid === master ? "master" : "slave";
      // What was judged in an earlier boot says nothing about now.
      const health = memory?.ofThisBoot === true ? memory.memory.health[uuid] : undefined;
      const seen = isSelf ? seeSelf(sight) : seePeer(host, health, nowMs);
      return { uuid, name, address, role, isSelf, enabled, ...seen, vms };
    })
    .sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}

function rank({ role }: HostReport): number {
  return role === "master" ? 0 : 1;
}

type Seen = Pick<HostReport, "state" | "xapi" | "lastSeenS">;

function seeSelf({ self }: Sight): Seen {
  const answers = self?.xapiAnswers === true;
  return { state: answers ? "alive" : "xapi-down", xapi: answers ? "answers" : "silent", lastSeenS: 0 };
}

function seePeer({ probe }: SeenHost, health: HostHealth | undefined, nowMs: number): Seen {
  if (probe?.xapi === "answered") return { state: "alive", xapi: "answers", lastSeenS: 0 };
  const pings = probe?.icmp === "answered";
  return {
    state: stateOfSilent(health, probe === null ? null : pings),
    xapi: probe === null ? null : "silent",
    lastSeenS: pings ? 0 : lastSeenS(health, nowMs),
  };
}

/** The iterations ask with patience, this look does not: their judgement goes before, unless it is of better days. */
function stateOfSilent(health: HostHealth | undefined, pings: boolean | null): Seen["state"] {
  if (health !== undefined && health.state !== "alive") return health.state;
  if (pings === null) return "unknown";
  return pings ? "xapi-down" : "silent";
}

function lastSeenS(health: HostHealth | undefined, nowMs: number): number | null {
  if (health === undefined) return null;
  const seenMs = health.xapiSilentSinceMs ?? health.lastRetryMs;
  return Math.max(0, Math.round((nowMs - seenMs) / 1_000));
}
