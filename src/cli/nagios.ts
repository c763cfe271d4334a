import { neverAborts, withDeadline } from "../ports/deadline.ts";
import type { CliPorts } from "./cli-ports.ts";
import { NAGIOS, nagiosLine, renderNagios } from "./screens/nagios.ts";
import { lookAtPool } from "./sight/look.ts";
import type { Sight } from "./sight/sight.ts";
import { gatherStatus } from "./status/gather.ts";
import { type HealthFinding, judgeHealth, levelOf } from "./status/health.ts";
import type { StatusReport } from "./status/status-report.ts";

/** XAPI is waited for so long in a look for a machine, in milliseconds: monitoring systems end a plugin after 10 s. */
const DATABASE_MS = 5_000;
/** The whole of it, also where a disk hangs. */
const LOOK_MS = 8_000;

export interface QuickLook {
  readonly sight: Sight;
  readonly report: StatusReport;
  readonly findings: readonly HealthFinding[];
}

/** A look at the pool for monitoring systems, judged, in eight seconds at the most; null: not even the files of this host could be read in that time. */
export function lookQuickly(ports: CliPorts): Promise<QuickLook | null> {
  return withDeadline<QuickLook | null>(
    ports.clock,
    LOOK_MS,
    neverAborts(),
    async () => {
      const sight = await lookAtPool(ports, DATABASE_MS);
      const report = await gatherStatus(sight, ports);
      const active = sight.memory?.ofThisBoot === true ? sight.memory.memory.alerts.active : {};
      return { sight, report, findings: judgeHealth(report, active) };
    },
    () => null,
  );
}

/** `status --nagios`. */
export async function showNagios(ports: CliPorts): Promise<number> {
  const look = await lookQuickly(ports);
  if (look === null) {
    ports.stdout(`${nagiosLine("unknown", `this host gives no answer within ${LOOK_MS / 1_000} s`)}\n`);
    return NAGIOS.unknown;
  }
  ports.stdout(renderNagios(look.report, look.findings));
  return NAGIOS[levelOf(look.findings)];
}

/** Is this line one of a monitoring system, for which exit codes mean something else? */
export function isForNagios([action, ...rest]: readonly string[]): boolean {
  return action === "status" && rest.includes("--nagios");
}

/** Runs it so that whatever goes wrong before it is an answer too: UNKNOWN, on standard output. */
export async function asNagiosPlugin(
  ports: CliPorts,
  run: (ports: CliPorts) => Promise<number>,
): Promise<number> {
  let isAnswered = false;
  let said = "";
  const code = await run({
    ...ports,
    stdout: (text) => {
      isAnswered = true;
      ports.stdout(text);
    },
    stderr: (text) => {
      said += text;
    },
  });
  if (isAnswered) return code;
  ports.stdout(`${nagiosLine("unknown", said === "" ? "it could not run" : said)}\n`);
  return NAGIOS.unknown;
}
