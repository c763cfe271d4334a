import { ROWS } from "../../config/params.ts";
import type { Resolved } from "../../config/resolve.ts";
import { haFlagOf } from "../../core/model/ha-flag.ts";
import type { DatabaseView, HostView } from "../../core/model/pool-view.ts";
import { type Foreseen, foresee } from "../../core/restart/foresee.ts";
import { keptStops } from "../../core/restart/kept-stop.ts";
import type { DrillAssumptions, DrillRequest } from "../../ports/drill.ts";
import { defineAction } from "../action.ts";
import { type CliPorts, EXIT, type ExitCode, UsageError } from "../cli-ports.ts";
import { hearingNow } from "../hearing-now.ts";
import { findHost } from "../host-argument.ts";
import { type PlannedPool, withInventory } from "../plan-pool.ts";
import { proofOf } from "../plan-times.ts";
import { drillReport, renderDrill } from "../screens/drill.ts";
import { settingText } from "../screens/parameters.ts";
import { planReport } from "../screens/plan.ts";

/** As measured on a real xapi, with small VMs and a BMC in the same rack. */
const USUAL = { agentS: 3, vmStartS: 0.2 } as const;
/** A guest that speaks (START_WAITS_FOR). */
const GUEST_MS = 30_000;
const LONGEST_S = 3_600;

export const drillAction = defineAction({
  name: "drill",
  description:
    "Plays the death of a host in a simulated pool that is made like this one, and shows what would happen, when, and what becomes of each VM. The pool itself is not touched.",
  args: {
    host: { type: "positional", required: true, description: "its exact name or its uuid" },
    "agent-takes": {
      type: "string",
      description: `seconds until the fence agent confirms (default ${USUAL.agentS})`,
    },
    "device-dies": {
      type: "boolean",
      description: "its fence device dies with it, as when the power of the whole machine fails",
    },
    "vm-start-takes": {
      type: "string",
      description: `seconds until a VM that is started runs (default ${USUAL.vmStartS})`,
    },
    json: { type: "boolean", description: "for programs" },
  },
  async run(args, ports) {
    const assumed: DrillAssumptions = {
      agentMs: secondsOf("--agent-takes", args["agent-takes"], USUAL.agentS) * 1_000,
      vmStartMs: secondsOf("--vm-start-takes", args["vm-start-takes"], USUAL.vmStartS) * 1_000,
      deviceDies: args["device-dies"] === true,
      guestMs: GUEST_MS,
    };
    const choose = ({ hosts }: DatabaseView) => findHost("play the death of", args.host, hosts);
    return withInventory(ports, "play a drill", choose, (host, pool) =>
      play(host, assumed, pool, ports, args.json === true),
    );
  },
});

function secondsOf(option: string, typed: string | undefined, usual: number): number {
  if (typed === undefined) return usual;
  const seconds = /^\d{1,4}(\.\d{1,3})?$/.test(typed) ? Number(typed) : Number.NaN;
  if (seconds > 0 && seconds <= LONGEST_S) return seconds;
  throw new UsageError(
    `Cannot use ${option} ${typed}: seconds are wanted, above 0 and at most ${LONGEST_S}, like 12 or 0.5`,
  );
}

async function play(
  host: HostView,
  assumed: DrillAssumptions,
  pool: PlannedPool,
  ports: CliPorts,
  json: boolean,
): Promise<ExitCode> {
  const { database, inventory, resolved } = pool;
  const why = whyNot(host, database);
  if (why !== null) {
    ports.stderr(`Cannot play the death of ${host.name}: ${why}.\n`);
    return EXIT.failed;
  }
  const { settings } = resolved;
  const foreseen = foresee(
    new Set([host.uuid]),
    database,
    inventory,
    settings,
    keptStops(database.halted, settings),
  );
  if (ports.isTerminal)
    ports.stderr("Playing it, which takes seconds; a minute in a pool of many hosts and VMs.\n");
  const result = await ports.playDrill({
    ...{ database, inventory, host: host.uuid, assumed },
    vms: inventory.vms.filter(({ uuid }) => foreseen.some((one) => one.uuid === uuid && takesPart(one))),
    params: paramsOf(resolved),
    answering: settings.FENCE_HEURISTICS_IPS,
    expected: foreseen
      .filter(({ on, fate }) => on === host.uuid && fate.kind === "starts")
      .map(({ uuid }) => uuid),
    quietMs: quietMs(resolved),
  } satisfies DrillRequest);
  const report = drillReport({
    host: host.name,
    isMaster: host.uuid === database.pool.master,
    isHaOn: haFlagOf(database.pool.otherConfig, settings.XC_FIELD_NAME) === "on",
    resting: await restingFor(host, pool, ports),
    assumed,
    proof: proofOf(settings, database.hosts.length),
    settings,
    result,
    plan: planReport([host.uuid], foreseen, database),
    database,
  });
  ports.stdout(json ? `${JSON.stringify(report, null, 2)}\n` : renderDrill(report));
  return EXIT.done;
}

/** For what HA rests now of that which the drill is about, as the monitor of this host has it. */
async function restingFor(
  { uuid, name }: HostView,
  { database }: PlannedPool,
  ports: CliPorts,
): Promise<string | null> {
  const disarms = (await hearingNow(ports))?.group.roll?.disarms ?? [];
  const hosts = disarms.map((one) => one.host);
  if (hosts.includes(null)) return "the pool";
  if (hosts.includes(uuid)) return name;
  const other = database.hosts.find((one) => hosts.includes(one.uuid));
  return other?.name ?? null;
}

function whyNot({ live }: HostView, { pool, hosts }: DatabaseView): string | null {
  if (!live) return "XAPI does not call it live, so it is off already, or cut off";
  if (pool.haEnabled) return "HA of XAPI itself is on, and this program does nothing beside it";
  return hosts.every(({ uuid }) => uuid !== pool.master) ? "the pool database names no master now" : null;
}

/** What is down and stays down has no part in it. */
const takesPart = ({ on, fate }: Foreseen): boolean =>
  on !== null || fate.kind === "starts" || fate.kind === "no-host";

/** What is not as it is by default, as this host has it. */
function paramsOf({ settings, sources }: Resolved): Readonly<Record<string, string>> {
  const set = [...ROWS].filter(
    ([name, { secret }]) => !secret && sources.has(name) && sources.get(name) !== "default",
  );
  return Object.fromEntries(set.map(([name, row]) => [name, settingText(name, row, settings)]));
}

/** Longer than anything that a failover waits for in silence. */
function quietMs({ settings }: Resolved): number {
  const { XAPI_COUNT, XAPI_DELAY, MONITOR_DELAY, FENCE_TIMEOUT, FENCE_WATCHDOG_TIMEOUT } = settings;
  const waitsS = XAPI_COUNT * XAPI_DELAY + 2 * MONITOR_DELAY + FENCE_TIMEOUT + 2 * FENCE_WATCHDOG_TIMEOUT;
  return (waitsS + 60) * 1_000;
}
