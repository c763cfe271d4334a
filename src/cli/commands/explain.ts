import type { HostUuid } from "../../core/model/ids.ts";
import type { Inventory, XapiResult } from "../../core/model/pool-view.ts";
import { foresee } from "../../core/restart/foresee.ts";
import { keptStops } from "../../core/restart/kept-stop.ts";
import { neverAborts, withDeadline } from "../../ports/deadline.ts";
import { defineAction } from "../action.ts";
import { type CliPorts, EXIT, type ExitCode, UsageError } from "../cli-ports.ts";
import { explainHost } from "../explain/explain-host.ts";
import { explainVm } from "../explain/explain-vm.ts";
import type { ExplainFacts, Explanation } from "../explain/explanation.ts";
import { findHost } from "../host-argument.ts";
import { renderExplanation } from "../screens/explain.ts";
import { exitOf, lookAtPool } from "../sight/look.ts";
import type { Sight } from "../sight/sight.ts";
import { gatherStatus } from "../status/gather.ts";
import { findVms } from "../vm-argument.ts";

/** What can be explained. */
export const EXPLAINED = ["host", "vm"] as const;

export const explainAction = defineAction({
  name: "explain",
  description: "Explains the state of a host or a VM: what it is now, why, and what would happen next.",
  args: {
    kind: { type: "positional", required: true, description: "host or vm" },
    thing: { type: "positional", required: true, description: "its exact name or its uuid" },
    json: { type: "boolean", description: "for programs" },
  },
  async run(args, ports) {
    const kind = EXPLAINED.find((one) => one === args.kind.toLowerCase());
    if (kind === undefined)
      throw new UsageError(`Cannot explain ${args.kind}: say "host" or "vm", then its name`);
    const sight = await lookAtPool(ports);
    const facts = await factsOf(sight, ports);
    return kind === "host"
      ? ofHost(args.thing, facts, ports, args.json === true)
      : ofVm(args.thing, facts, ports, args.json === true);
  },
});

function ofHost(typed: string, facts: ExplainFacts, ports: CliPorts, json: boolean): ExitCode {
  const { hosts } = facts.report;
  if (hosts.length === 0) {
    ports.stderr("Cannot explain a host: XAPI does not answer, and this host has never seen its pool.\n");
    return exitOf(facts.sight);
  }
  const host = findHost("explain", typed, hosts);
  show([{ ...headOf("host", host, facts), ...explainHost(host, facts) }], ports, json);
  return exitOf(facts.sight);
}

function ofVm(typed: string, facts: ExplainFacts, ports: CliPorts, json: boolean): ExitCode {
  const { sight, report } = facts;
  if (sight.vms === null || sight.pool === null) {
    const why = report.xapiFault ?? "the VMs could not be listed";
    ports.stderr(`Cannot explain a VM: ${why}. Only XAPI knows them.\n`);
    return sight.database.ok ? EXIT.xapiSilent : exitOf(sight);
  }
  const found = findVms("explain", typed, sight.vms);
  show(
    found.map((vm) => ({ ...headOf("vm", vm, facts), ...explainVm(vm, facts) })),
    ports,
    json,
  );
  return exitOf(sight);
}

function headOf(
  kind: Explanation["kind"],
  { uuid, name }: { readonly uuid: string; readonly name: string },
  { report: { source, sourceAgeS, xapiFault } }: ExplainFacts,
) {
  return { schema: 1 as const, kind, uuid, name, source, sourceAgeS, xapiFault };
}

/** Two VMs may have one name: each is shown. */
function show(explanations: readonly Explanation[], ports: CliPorts, json: boolean): void {
  ports.stdout(
    json ? `${JSON.stringify(explanations, null, 2)}\n` : explanations.map(renderExplanation).join("\n"),
  );
}

/** A list of what five hundred VMs need comes within a second; a pool in trouble is not waited for longer. */
const INVENTORY_MS = 10_000;

async function factsOf(sight: Sight, ports: CliPorts): Promise<ExplainFacts> {
  const report = await gatherStatus(sight, ports);
  const inventory = await readInventory(sight, ports);
  const { database, resolved } = sight;
  const nowMs = ports.clock.uptimeMs();
  if (!database.ok || inventory === null) return { sight, report, foresee: null, nowMs };
  const staysDown = keptStops(database.value.halted, resolved.settings);
  const ask = (failed: readonly HostUuid[]) =>
    foresee(new Set(failed), database.value, inventory, resolved.settings, staysDown);
  return { sight, report, foresee: ask, nowMs };
}

async function readInventory({ database, resolved }: Sight, ports: CliPorts): Promise<Inventory | null> {
  // With OP_MODE=1 XAPI places the VMs of an appliance.
  if (!database.ok || resolved.settings.OP_MODE === 1) return null;
  const xapi = ports.openXapi(resolved.settings.XE_TIMEOUT * 1_000);
  try {
    const read = await withDeadline<XapiResult<Inventory>>(
      ports.clock,
      INVENTORY_MS,
      neverAborts(),
      (signal) => xapi.readInventory(signal),
      () => ({ ok: false, fault: { kind: "timeout" } }),
    );
    return read.ok ? read.value : null;
  } finally {
    await xapi.close();
  }
}
