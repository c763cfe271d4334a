import { type HealthFinding, levelOf } from "../status/health.ts";
import type { StatusReport } from "../status/status-report.ts";
import { plainText } from "./text.ts";

/** Exit codes of monitoring plugins. */
export const NAGIOS = { ok: 0, warning: 1, critical: 2, unknown: 3 } as const;

/** More of what is wrong is only counted, and no plugin's line may be longer than a page. */
const MOST_SAID = 4;
const LONGEST = 1_000;

/** One line for a monitoring system: `HA-LIZARD OK - …|performance data`. */
export function renderNagios(report: StatusReport, findings: readonly HealthFinding[]): string {
  const said = [...new Set(findings.map(({ text }) => text))];
  const more = said.length > MOST_SAID ? [`${said.length - MOST_SAID} more: ha-cfg status`] : [];
  const text = said.length === 0 ? allIsWell(report) : [...said.slice(0, MOST_SAID), ...more].join("; ");
  return `${nagiosLine(levelOf(findings), text)}|${performance(report)}\n`;
}

/** Without performance data, and without the end of the line. */
export function nagiosLine(level: keyof typeof NAGIOS, text: string): string {
  // Behind a bar performance data begin.
  const clean = plainText(text).replaceAll("|", "/").slice(0, LONGEST);
  return `HA-LIZARD ${level.toUpperCase()} - ${clean}`;
}

function allIsWell({ group, hosts, vms }: StatusReport): string {
  const alive = hosts.filter(({ state }) => state === "alive").length;
  const leader = group?.leader?.name;
  const led = leader == null ? "" : `, ${leader} leads`;
  const run = vms === null ? "" : `, ${vms.running} of ${vms.managed} managed VMs run`;
  return `${alive} of ${hosts.length} hosts are alive${led}${run}`;
}

/** `label=value[unit];warning;critical;least;most`; what is not known is left out. */
function performance({ hosts, vms, group, lastIteration, incidents }: StatusReport): string {
  const alive = hosts.filter(({ state }) => state === "alive").length;
  const all: readonly (readonly [string, number | null, string])[] = [
    ["hosts_alive", alive, `;;;0;${hosts.length}`],
    ["votes_heard", group?.heard.length ?? null, `;;;0;${group?.counts.length ?? 0}`],
    ["vms_managed", vms?.managed ?? null, ";;;0"],
    ["vms_running", vms?.running ?? null, `;;;0;${vms?.managed ?? 0}`],
    ["vms_waiting", vms?.waiting ?? null, ";;;0"],
    ["incidents", incidents.length, ";;;0"],
    ["iteration_age", lastIteration?.ageS ?? null, "s;;;0"],
    ["iteration_time", lastIteration?.durationS ?? null, "s;;;0"],
  ];
  return all
    .flatMap(([label, value, rest]) => (value === null ? [] : [`${label}=${value}${rest}`]))
    .join(" ");
}
