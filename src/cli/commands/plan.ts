import type { HostUuid } from "../../core/model/ids.ts";
import type { DatabaseView } from "../../core/model/pool-view.ts";
import { foresee } from "../../core/restart/foresee.ts";
import { keptStops } from "../../core/restart/kept-stop.ts";
import { defineAction } from "../action.ts";
import { type CliPorts, EXIT, type ExitCode } from "../cli-ports.ts";
import { findHost } from "../host-argument.ts";
import { type PlannedPool, withInventory } from "../plan-pool.ts";
import { proofOf, silenceS } from "../plan-times.ts";
import { planReport, renderPlan, renderPlans } from "../screens/plan.ts";

export const planAction = defineAction({
  name: "plan",
  description: "Shows where VMs would be started if a host failed now, and which would not be.",
  args: {
    "if-host-fails": {
      type: "string",
      description:
        "these hosts at the same time, names or uuids with , between; without it each host in turn",
    },
    json: { type: "boolean", description: "for programs" },
  },
  async run(args, ports) {
    const choose = (database: DatabaseView) => chooseHosts(args["if-host-fails"], database);
    return withInventory(ports, "plan", choose, (failing, pool) =>
      show(failing, pool, ports, args.json === true),
    );
  },
});

/** The hosts that fail together, one group for each question; without a wish each host that is in service alone. */
function chooseHosts(typed: string | undefined, { hosts }: DatabaseView): readonly (readonly HostUuid[])[] {
  if (typed === undefined)
    return hosts.filter(({ enabled, live }) => enabled && live).map(({ uuid }) => [uuid]);
  const isOne = hosts.some(({ name }) => name === typed);
  const words = isOne ? [typed] : typed.split(",").map((word) => word.trim());
  return [[...new Set(words.map((word) => findHost("plan for", word, hosts).uuid))]];
}

function show(
  failing: readonly (readonly HostUuid[])[],
  { database, inventory, resolved }: PlannedPool,
  ports: CliPorts,
  json: boolean,
): ExitCode {
  const { settings } = resolved;
  const times = { silenceS: silenceS(settings), proof: proofOf(settings, database.hosts.length) };
  const staysDown = keptStops(database.halted, settings);
  const plans = failing.map((hosts) =>
    planReport(hosts, foresee(new Set(hosts), database, inventory, settings, staysDown), database),
  );
  if (json) {
    const { silenceS: noticedS, proof } = times;
    const pools = plans.map((plan) => ({
      ...plan,
      noticedS,
      proof: proof.text,
      proofAtMostS: proof.atMostS,
    }));
    ports.stdout(`${JSON.stringify({ schema: 1, plans: pools }, null, 2)}\n`);
    return EXIT.done;
  }
  const [only] = plans;
  const isOne = plans.length === 1 && only !== undefined;
  ports.stdout(isOne ? renderPlan(only, times) : renderPlans(plans, times));
  return EXIT.done;
}
