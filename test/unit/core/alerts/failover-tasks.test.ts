import { describe, expect, test } from "bun:test";
import { failoverTasks } from "../../../../src/core/alerts/failover-tasks.ts";
import type { Incident } from "../../../../src/core/memory/incident.ts";
import type { Role } from "../../../../src/core/model/pool-view.ts";
import { database, goodView, haltedVm, host, incidentIn, knownHost, three, vm } from "../fixtures.ts";

const lastGood = goodView({ hosts: [knownHost(host(3), { name: "xcp3" })] });

function shown(
  phase: Incident["phase"],
  down: readonly string[] = [],
  nowMs = 1_000,
  role: Role["kind"] = "master",
) {
  const incidents = incidentIn(phase, { openedAtMs: 0, vms: [vm("a"), vm("b"), vm("c")] });
  const halted = down.map((name) => haltedVm(name));
  return failoverTasks(
    { incidents, lastGood },
    {
      self: { role: { kind: role } } as never,
      database: { ok: true, value: database(three(), { halted }) },
      nowMs,
    },
  ).map(({ label, progress }) => `${label} ${progress.toFixed(2)}`);
}

describe("failoverTasks", () => {
  const label = "HA-Lizard: xcp3 failed, recovering its VMs";
  const rows: readonly [string, readonly string[], readonly string[]][] = [
    ["not fenced yet", shown("open"), [`${label} 0.05`]],
    ["being fenced", shown("fencing"), [`${label} 0.10`]],
    ["off", shown("fenced"), [`${label} 0.30`]],
    ["declared dead", shown("declared", ["a", "b", "c"]), [`${label} 0.40`]],
    ["a VM of three is down", shown("declared", ["b"]), [`${label} 0.80`]],
    ["another VM is down", shown("declared", ["x"]), [`${label} 1.00`]],
    ["back", shown("returned"), []],
    ["ten minutes later", shown("declared", ["b"], 600_001), []],
    ["a slave", shown("fenced", [], 1_000, "slave"), []],
  ];
  for (const [what, tasks, expected] of rows) test(what, () => expect(tasks).toEqual(expected));
});
