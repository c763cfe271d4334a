import { type HealthFinding, levelOf } from "../status/health.ts";
import type { HostReport, StatusReport } from "../status/status-report.ts";
import { NAGIOS } from "./nagios.ts";

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

interface Family {
  /** Behind `ha_lizard_`; the unit last, as Prometheus wants it. */
  readonly name: string;
  readonly help: string;
  readonly type: "gauge" | "counter";
  readonly samples: readonly Sample[];
}

/** Every line of the metrics begins with this, and so does a file of them: by that an older one is known. */
export const METRICS_BEGIN = "# HELP ha_lizard_";

/** The status in Prometheus' text exposition format. What is not known has no sample. */
export function renderMetrics(report: StatusReport, findings: readonly HealthFinding[]): string {
  return [...ofThisHost(report, findings), ...ofHosts(report.hosts), ...ofGroup(report), ...ofVms(report)]
    .filter(({ samples }) => samples.length > 0)
    .map(renderFamily)
    .join("");
}

function ofThisHost(report: StatusReport, findings: readonly HealthFinding[]): readonly Family[] {
  const { version, pool, self, source, sourceAgeS, ha, notFencing, incidents, conditions } = report;
  const { monitor, watchdog, lastIteration } = report;
  const labels = { version, pool: pool.name ?? "", host: self.name ?? "", role: self.role };
  const isRunning = (state: string) => (state === "unknown" ? null : state === "running");
  return [
    gauge("info", "This host and its pool, in labels; always 1.", [[labels, 1]]),
    one(
      "status",
      "What status --nagios says: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.",
      NAGIOS[levelOf(findings)],
    ),
    one("xapi_answers", "1 when the pool database could be read just now.", source === "pool"),
    one(
      "source_age_seconds",
      "How old what is known of the pool is; 0 is the pool database of now.",
      sourceAgeS,
    ),
    one("ha_enabled", "1 when HA is on for the pool.", ha === null ? null : ha === "on"),
    one(
      "fencing_possible",
      "1 when a host may be fenced if it fails.",
      ha === null ? null : notFencing === null,
    ),
    one("monitor_running", "1 when the monitor of this host runs.", isRunning(monitor.state)),
    one("watchdog_running", "1 when the watchdog of this host runs.", isRunning(watchdog.state)),
    one(
      "iteration_age_seconds",
      "Time since the last iteration of this host ended.",
      lastIteration?.ageS ?? null,
    ),
    one("iteration_duration_seconds", "How long the last iteration took.", lastIteration?.durationS ?? null),
    one(
      "iteration_overdue",
      "1 when the next iteration should have ended by now.",
      lastIteration?.overdue ?? null,
    ),
    one("incidents", "Incidents that are open.", incidents.length),
    one("conditions", "What the last iteration had to say that still holds.", conditions.length),
  ];
}

function ofHosts(hosts: readonly HostReport[]): readonly Family[] {
  const each = (name: string, help: string, of: (host: HostReport) => number | boolean | null): Family => {
    const samples = hosts.flatMap((host): readonly Sample[] => {
      const value = of(host);
      return value === null ? [] : [[{ host: host.name, uuid: host.uuid }, Number(value)]];
    });
    return gauge(name, help, samples);
  };
  const isKnown = ({ state }: HostReport) => state !== "unknown";
  return [
    each("host_alive", "1 when the host lives, as this one sees it.", (host) =>
      isKnown(host) ? host.state === "alive" || host.state === "xapi-down" : null,
    ),
    each("host_failed", "1 when the host has failed.", (host) =>
      isKnown(host) ? host.state === "failed" : null,
    ),
    each("host_enabled", "1 when the host is enabled, 0 in maintenance.", ({ enabled }) => enabled),
    each("host_master", "1 for the pool master.", ({ role }) => role === "master"),
    each("host_xapi_answers", "1 when XAPI of the host answers.", ({ xapi }) =>
      xapi === null ? null : xapi === "answers",
    ),
    each("host_vms", "VMs that run on the host.", ({ vms }) => vms),
  ];
}

function ofGroup({ group, hearing, hosts }: StatusReport): readonly Family[] {
  const uuidOf = (name: string | null) => hosts.find((host) => host.name === name)?.uuid ?? "";
  const heard = (hearing?.hosts ?? []).map(
    ({ name, uuid, heard }): Sample => [{ host: name, uuid }, heard === "silent" ? 0 : 1],
  );
  const leases = (group?.leases ?? []).map(
    ({ host, endsInS }): Sample => [{ host: host ?? "", uuid: uuidOf(host) }, endsInS],
  );
  const refused = Object.entries(hearing?.refused ?? {}).map(([why, count]): Sample => [{ why }, count]);
  const hasLeader = group === null ? null : group.lead === "leads" || group.leader !== null;
  return [
    one(
      "leader_known",
      "1 when this host leads the hosts of the pool, or hears the one that does.",
      hasLeader,
    ),
    one("leads", "1 when this host leads.", group === null ? null : group.lead === "leads"),
    one("may_act", "1 when this host may act for the pool.", group?.mayAct ?? null),
    one("votes", "Hosts whose vote counts.", group?.counts.length ?? null),
    one("votes_heard", "Of those the ones that are heard.", group?.heard.length ?? null),
    gauge("host_heard", "1 when the host is heard, by this one or by another one.", heard),
    gauge(
      "host_lease_seconds",
      "On the leader: in how many seconds the lease of the host expires if it is not heard.",
      leases,
    ),
    one(
      "watchdog_fires_seconds",
      "In how many seconds the watchdog resets this host unless the group answers.",
      group?.ownLease?.firesInS ?? null,
    ),
    {
      name: "refused_datagrams_total",
      help: "Heartbeats that were dropped since the monitor began.",
      type: "counter",
      samples: refused,
    },
  ];
}

function ofVms({ vms }: StatusReport): readonly Family[] {
  return [
    one("vms", "VMs of the pool.", vms?.all ?? null),
    one("vms_managed", "VMs that HA looks after.", vms?.managed ?? null),
    one("vms_running", "Of those the ones that run.", vms?.running ?? null),
    one("vms_waiting", "Of those the ones that wait to be started.", vms?.waiting ?? null),
    one(
      "vms_stopped",
      "Of those the ones that somebody has stopped, and that stay down.",
      vms?.stopped.length ?? null,
    ),
  ];
}

function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, help, type: "gauge", samples };
}

function one(name: string, help: string, value: number | boolean | null): Family {
  return gauge(name, help, value === null ? [] : [[{}, Number(value)]]);
}

function renderFamily({ name, help, type, samples }: Family): string {
  const full = `ha_lizard_${name}`;
  const lines = samples.map(([labels, value]) => `${full}${renderLabels(labels)} ${value}\n`);
  return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${lines.join("")}`;
}

function renderLabels(labels: Labels): string {
  const all = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return all.length === 0 ? "" : `{${all.join(",")}}`;
}

/** As the format wants it: backslash, quote and line end. */
function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
