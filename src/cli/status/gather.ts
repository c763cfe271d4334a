import type { Settings } from "../../config/params.ts";
import { describeFault } from "../../core/alerts/describe-fault.ts";
import { haFlagOf } from "../../core/model/ha-flag.ts";
import type { HostUuid } from "../../core/model/ids.ts";
import { readRanking } from "../../core/model/pool-keys.ts";
import type { CliPorts } from "../cli-ports.ts";
import { whyNotFencing } from "../not-fencing.ts";
import type { Sight } from "../sight/sight.ts";
import { describeVm, leftDown, waitingVms } from "../vm-management.ts";
import { groupStatus } from "./group-status.ts";
import { hearingReport } from "./hearing-report.ts";
import { hostReports } from "./host-rows.ts";
import { incidentReports } from "./incidents.ts";
import type { IterationReport, NamedUuid, StandingReport, StatusReport } from "./status-report.ts";

/** A sight of the pool as the report of `ha-cfg status`. */
export async function gatherStatus(sight: Sight, ports: CliPorts): Promise<StatusReport> {
  const [monitor, watchdog] = await Promise.all([
    ports.daemons.look("monitor"),
    ports.daemons.look("watchdog"),
  ]);
  const nowMs = ports.clock.uptimeMs();
  const { database, resolved, self, pool, master, memory } = sight;
  const { settings } = resolved;
  const read = database.ok ? database.value : null;
  const lastGood = memory?.memory.lastGood ?? null;
  // Defaults that nobody has chosen would look like a choice.
  const areKnown = read !== null || sight.texts.lastGood !== null;
  const isStopped = memory?.ofThisBoot === true && memory.memory.fencingStoppedSinceMs !== null;
  const flag = read === null ? null : haFlagOf(read.pool.otherConfig, settings.XC_FIELD_NAME);
  const ranking = read === null ? (lastGood?.ranking ?? []) : readRanking(read.pool.otherConfig);
  // A new master is its own successor until it has chosen one; the keys are there also where nobody may take over.
  const successor = settings.PROMOTE_SLAVE ? (ranking.find((uuid) => uuid !== master) ?? null) : null;
  return {
    schema: 1,
    version: ports.version,
    source: read !== null ? "pool" : lastGood !== null ? "last-good" : "none",
    sourceAgeS: read !== null ? 0 : ageOf(sight, nowMs),
    xapiFault: database.ok ? null : describeFault(database.fault),
    xapiHeldS: heldS(self, nowMs),
    ha: flag ?? lastGood?.haFlag ?? null,
    xapiHa: read?.pool.haEnabled ?? null,
    mode: areKnown ? modeInWords(settings) : "not known",
    fencing: areKnown ? fencingInWords(settings) : "not known",
    notFencing: areKnown
      ? whyNotFencing(sight.hosts.filter(({ enabled }) => enabled).length, isStopped, settings)
      : null,
    self: {
      uuid: self?.uuid ?? null,
      name: named(sight, self?.uuid ?? null)?.name ?? null,
      role: self?.role.kind ?? "unknown",
    },
    pool: pool ?? { uuid: null, name: null },
    master: named(sight, master),
    successor: named(sight, successor),
    noSuccessor: whyNoSuccessor(successor, settings),
    monitor,
    watchdog,
    lastIteration: iterationOf(sight, nowMs),
    hosts: hostReports(sight, nowMs),
    hearing: hearingReport(sight, nowMs),
    group: groupStatus(sight, nowMs),
    vms: countVms(sight),
    standing: standingOf(sight, nowMs),
    incidents: incidentReports(sight, nowMs),
    conditions: memory?.ofThisBoot === true ? Object.values(memory.memory.alerts.active) : [],
  };
}

function named({ hosts }: Sight, uuid: HostUuid | null): NamedUuid | null {
  return uuid === null ? null : { uuid, name: hosts.find((host) => host.uuid === uuid)?.name ?? null };
}

function whyNoSuccessor(successor: HostUuid | null, { PROMOTE_SLAVE }: Settings): string | null {
  if (!PROMOTE_SLAVE) return "promotion is switched off (PROMOTE_SLAVE=0)";
  return successor === null ? "no slave could take over" : null;
}

function ageOf({ memory }: Sight, nowMs: number): number | null {
  const lastGood = memory?.memory.lastGood ?? null;
  if (lastGood === null || memory?.ofThisBoot !== true) return null;
  return Math.max(0, Math.round((nowMs - lastGood.atMs) / 1_000));
}

function modeInWords({ OP_MODE, GLOBAL_VM_HA, DISABLED_VAPPS }: Settings): string {
  if (OP_MODE === 1) {
    const off = DISABLED_VAPPS.length;
    const but = off === 0 ? "" : `, but for ${off} of DISABLED_VAPPS`;
    return `appliances${but} (OP_MODE=1)`;
  }
  return GLOBAL_VM_HA
    ? "every VM (OP_MODE=2, GLOBAL_VM_HA=1)"
    : "VMs whose HA flag is true (OP_MODE=2, GLOBAL_VM_HA=0)";
}

function fencingInWords({ FENCE_ENABLED, FENCE_METHOD, FENCE_ACTION }: Settings): string {
  return FENCE_ENABLED ? `${FENCE_METHOD}, ${FENCE_ACTION}` : "off (FENCE_ENABLED=0)";
}

/** An iteration that is asked for now may take as long as the monitor lets it. */
const LATE_MS = 60_000;

function iterationOf({ lastPass, self }: Sight, nowMs: number): IterationReport | null {
  if (lastPass === null) return null;
  const { finishedAt, finishedAtMs, bootId, durationMs, nextInMs, result } = lastPass;
  const ofThisBoot = bootId === self?.bootId && finishedAtMs <= nowMs;
  return {
    finishedAt,
    ageS: ofThisBoot ? Math.round((nowMs - finishedAtMs) / 1_000) : null,
    durationS: Math.round(durationMs / 100) / 10,
    result,
    overdue: !ofThisBoot || nowMs - finishedAtMs > nextInMs + LATE_MS,
  };
}

function countVms({ vms, pool, resolved }: Sight): StatusReport["vms"] {
  if (vms === null || pool === null) return null;
  const managed = vms.filter((vm) => describeVm(vm, pool.uuid, resolved.settings).managed);
  return {
    all: vms.length,
    managed: managed.length,
    running: managed.filter((vm) => vm.powerState === "Running").length,
    waiting: waitingVms(vms, pool.uuid, resolved.settings).length,
    stopped: leftDown(vms, pool.uuid, resolved.settings).map(({ uuid, name, stopped }) => ({
      ...{ uuid, name, text: stopped.text },
    })),
  };
}

/** The master alone looks; what a former one remembers is not of now. */
function standingOf({ memory, self }: Sight, nowMs: number): StandingReport | null {
  const standing = memory?.ofThisBoot === true ? memory.memory.standing : null;
  if (standing === null || standing.atMs === null || self?.role.kind !== "master") return null;
  const { atMs, inService, weakHosts, unprotected } = standing;
  return {
    ageS: Math.max(0, Math.round((nowMs - atMs) / 1_000)),
    survives: inService > 1 && weakHosts.length === 0,
    ...{ inService, weakHosts, unprotected },
  };
}

function heldS(self: Sight["self"], nowMs: number): number | null {
  if (self === null || self.heldSinceMs === null || self.xapiAnswers) return null;
  return Math.max(0, Math.round((nowMs - self.heldSinceMs) / 1_000));
}
