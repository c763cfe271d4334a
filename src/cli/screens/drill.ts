import type { Settings } from "../../config/params.ts";
import type { HostUuid } from "../../core/model/ids.ts";
import type { DatabaseView } from "../../core/model/pool-view.ts";
import { PARALLEL_STARTS } from "../../core/restart/restart-plan.ts";
import type { DrillAssumptions, DrillResult, DrillTimes } from "../../ports/drill.ts";
import type { Proof } from "../plan-times.ts";
import type { PlanReport } from "./plan.ts";
import { indent, plainText, renderColumns, wrapText } from "./text.ts";

/** What `drill --json` says. Times are seconds since the host died. */
export interface DrillReport {
  readonly schema: 1;
  readonly host: string;
  readonly isMaster: boolean;
  readonly haOn: boolean;
  readonly assumed: readonly string[];
  readonly timeline: readonly { readonly atS: number; readonly text: string }[];
  readonly times: Readonly<Record<TimeName, number | null>>;
  readonly vms: readonly DrilledVmReport[];
  readonly playedS: number;
}

interface DrilledVmReport {
  readonly uuid: string;
  readonly name: string;
  /** The name of the host on which it would run; null: on none. */
  readonly to: string | null;
  readonly afterS: number | null;
  /** Why it would not be started; null: it would be, or nobody foresaw that it is not. */
  readonly why: string | null;
}

type TimeName =
  | "missedS"
  | "suspectedS"
  | "failedS"
  | "provedS"
  | "newMasterS"
  | "declaredS"
  | "firstVmS"
  | "lastVmS";

const TIMES = [
  ["missedS", "missedMs", "not heard any more"],
  ["suspectedS", "suspectedMs", "probed, no answer"],
  ["failedS", "failedMs", "counts as failed"],
  ["provedS", "provedMs", "proved off"],
  ["newMasterS", "newMasterMs", "the new master serves"],
  ["declaredS", "declaredMs", "declared dead"],
  ["firstVmS", "firstVmMs", "the first VM runs again"],
  ["lastVmS", "lastVmMs", "the last VM runs again"],
] as const satisfies readonly (readonly [TimeName, keyof DrillTimes, string])[];

export interface DrillFacts {
  readonly host: string;
  readonly isMaster: boolean;
  readonly isHaOn: boolean;
  /** For what HA rests now (`ha-cfg disarm`); null: for nothing. */
  readonly resting: string | null;
  readonly assumed: DrillAssumptions;
  readonly proof: Proof;
  readonly settings: Settings;
  readonly result: DrillResult;
  /** What `ha-cfg plan` says of the same failure. */
  readonly plan: PlanReport;
  readonly database: DatabaseView;
}

const toS = (ms: number): number => Math.round(ms / 100) / 10;

export function drillReport(facts: DrillFacts): DrillReport {
  const { result, plan, database } = facts;
  const names = new Map<HostUuid, string>(database.hosts.map(({ uuid, name }) => [uuid, name]));
  const planned = new Map<string, PlanReport["vms"][number]>(plan.vms.map((vm) => [vm.uuid, vm]));
  const vms = result.vms.map(({ uuid, to, atMs }): DrilledVmReport => {
    const vm = planned.get(uuid);
    return {
      uuid,
      name: vm?.name ?? uuid,
      to: to === null ? null : (names.get(to) ?? to),
      afterS: atMs === null ? null : toS(atMs),
      why: to === null ? (vm?.why ?? null) : null,
    };
  });
  const times = TIMES.map(([name, of]): [TimeName, number | null] => {
    const ms = result.times[of];
    return [name, ms === null ? null : toS(ms)];
  });
  return {
    schema: 1,
    host: facts.host,
    isMaster: facts.isMaster,
    haOn: facts.isHaOn,
    assumed: assumptionsOf(facts),
    timeline: result.moments.map(({ atMs, text }) => ({ atS: toS(atMs), text })),
    times: Object.fromEntries(times) as Record<TimeName, number | null>,
    vms: vms.toSorted((a, b) => (a.afterS ?? Infinity) - (b.afterS ?? Infinity)),
    playedS: toS(result.playedMs),
  };
}

/** Whatever the result rests on and no database says. */
function assumptionsOf({
  assumed,
  proof,
  settings,
  isHaOn,
  resting,
  database,
}: DrillFacts): readonly string[] {
  const { agentMs, deviceDies, vmStartMs, guestMs } = assumed;
  const usesAgent = proof.atMostS !== null && settings.FENCE_METHOD !== "WATCHDOG";
  const isTie =
    database.hosts.length % 2 === 0 && (settings.TIE_BREAKER !== "none" || settings.FENCE_USE_IP_HEURISTICS);
  return [
    ...(isHaOn ? [] : ["HA is on. Now it is off, and nothing at all would be done (ha-cfg ha-enable)"]),
    ...(resting === null
      ? []
      : [`HA does not rest. Now it rests for ${resting}, and less would be done (ha-cfg arm)`]),
    "everything else works: network, storage, the other hosts, and this program on each of them with the parameters of this host",
    ...(usesAgent && deviceDies ? ["its fence device dies with it"] : []),
    ...(usesAgent && !deviceDies
      ? [
          `the fence agent confirms after ${agentMs / 1_000} s (--agent-takes; does it work at all? ha-cfg fence-test)`,
        ]
      : []),
    ...(isTie ? ["what decides a tie answers (TIE_BREAKER, FENCE_HEURISTICS_IPS)"] : []),
    `a VM that is started runs after ${vmStartMs / 1_000} s (--vm-start-takes), ${PARALLEL_STARTS} at the same time`,
    ...(settings.START_WAITS_FOR === "nothing"
      ? []
      : [`a guest speaks ${guestMs / 1_000} s after its start (START_WAITS_FOR)`]),
    "XAPI takes the times that were measured on a real one; yours has more to do, or less",
    "the host does not come back",
  ];
}

/** For people. */
export function renderDrill(report: DrillReport): string {
  const { host, isMaster, assumed, timeline, vms } = report;
  const lost = vms.filter(({ to }) => to === null);
  const rows = vms.map(({ name, to, afterS }) => [
    plainText(name),
    to ?? "none",
    afterS === null ? "stays down" : `${afterS.toFixed(1)} s`,
  ]);
  const table =
    rows.length === 0
      ? "  No VM runs there.\n"
      : indent(renderColumns([["VM", "RUNS ON", "AFTER"], ...rows]));
  return [
    `If ${host}${isMaster ? ", the master," : ""} died now (a simulation: nothing was touched):\n\n`,
    "It is assumed that\n",
    ...assumed.map((text) => wrapText(text, "    ", "  - ")),
    "\nWhat happens, in seconds after its death:\n",
    ...timeline.map(({ atS, text }) =>
      wrapText(plainText(text), " ".repeat(11), `${atS.toFixed(1).padStart(9)}  `),
    ),
    "\nWhat becomes of its VMs:\n",
    table,
    ...lost.map(({ name, why }) => wrapText(`${plainText(name)}: ${whyLost(why, report)}.`, "    ", "  ")),
    "\nTimes to expect:\n",
    indent(renderColumns(timesOf(report))),
  ].join("");
}

function whyLost(why: string | null, { times, playedS }: DrillReport): string {
  if (why !== null) return why;
  const cause =
    times.declaredS === null ? "its host was never proved off and declared dead" : "it was not started";
  return `${cause} within ${playedS} s: see what the hosts say above`;
}

function timesOf({ times, isMaster, vms }: DrillReport): readonly (readonly string[])[] {
  const isOfUse: Partial<Record<TimeName, boolean>> = {
    newMasterS: isMaster,
    firstVmS: vms.length > 0,
    lastVmS: vms.length > 0,
  };
  return TIMES.filter(([name]) => isOfUse[name] !== false).map(([name, , text]) => {
    const atS = times[name];
    return [text, atS === null ? "never" : `${atS.toFixed(1)} s`];
  });
}
