import { ROWS, rowOf } from "../../config/params.ts";
import { poolParameters } from "../../config/pool-keys.ts";
import { describeFault } from "../../core/alerts/describe-fault.ts";
import { haFlagOf } from "../../core/model/ha-flag.ts";
import { settingText } from "../screens/parameters.ts";
import { type Check, type Examination, type Finding, fewNames, findingsOf } from "./check.ts";

/** The parameters are there, understood, and no host has others than the pool, as far as that is seen from here. */
export const parameterCheck: Check = {
  name: "parameters",
  limitMs: () => 1_000,
  async run(examination) {
    return [
      ...haFlag(examination),
      ...stored(examination),
      ...overrides(examination),
      ...dangerous(examination),
      ...(await slaveStarts(examination)),
    ];
  },
};

function haFlag({ sight, settings }: Examination): readonly Finding[] {
  const { ok, warn, bad } = findingsOf("ha-flag");
  if (!sight.database.ok) return [];
  switch (haFlagOf(sight.database.value.pool.otherConfig, settings.XC_FIELD_NAME)) {
    case "on":
      return [ok("HA is on")];
    case "off":
      return [warn("HA is off: no host is fenced, no VM is started", "ha-cfg ha-enable")];
    case "unset":
      return [bad(`HA is neither on nor off: ${settings.XC_FIELD_NAME} is not set`, "ha-cfg ha-enable")];
  }
}

function stored({ sight }: Examination): readonly Finding[] {
  const { ok, warn, bad } = findingsOf("parameters");
  const problems = sight.resolved.problems.map((problem) =>
    problem.startsWith("Cannot")
      ? bad(problem, "correct it with ha-cfg set, or in the override file; what is not known can go")
      : warn(problem, null),
  );
  if (!sight.database.ok) return problems;
  const count = poolParameters(sight.database.value.pool.otherConfig).size;
  if (count === 0) {
    return [...problems, warn("the pool database holds no parameters: the defaults hold", "ha-cfg insert")];
  }
  return problems.length > 0
    ? problems
    : [ok(`${count} ${count === 1 ? "parameter" : "parameters"} in the pool database, all understood`)];
}

/** The files of other hosts are not seen from here; what differs here is said, so that it can be compared. */
function overrides({ sight }: Examination): readonly Finding[] {
  const { ok, warn, bad } = findingsOf("override-file");
  const { texts, resolved } = sight;
  if (texts.override === null) {
    const why = texts.problems[0] ?? "the override file cannot be read";
    return [bad(why, "make it readable; until then the last good overrides stay")];
  }
  const lines = texts.problems.map((problem) => bad(problem, "correct the file"));
  const differing = [...resolved.sources]
    .filter(([name, source]) => source === "override" && rowOf(name).scope === "pool")
    .map(([name]) => name);
  if (differing.length > 0) {
    const names = fewNames(differing, 8);
    const text = `the override file of this host sets ${names}: other hosts do not have that from the pool`;
    const [first] = differing;
    const cure = `ha-cfg unset --local ${first}, here, and ha-cfg set ${first} VALUE for the pool; or the same in the file of every host`;
    return [...lines, warn(text, cure)];
  }
  return lines.length > 0
    ? lines
    : [ok("the override file is understood and overrides nothing of the pool's")];
}

/** What a slave starts it starts over its own connection to the master, which the pool's certificates verify. */
async function slaveStarts({ ports, settings, sight }: Examination): Promise<readonly Finding[]> {
  const { warn } = findingsOf("slave-vm-stat");
  const role = sight.self?.role;
  if (!settings.SLAVE_VM_STAT || role?.kind !== "slave") return [];
  const way = await ports.masterWay(role.masterAddress);
  if (way.ok) return [];
  const text = `SLAVE_VM_STAT=1 does nothing on this slave: its master is ${describeFault(way.fault)}`;
  return [warn(text, "a pool has certificates from XCP-ng 8.3 on; without them: ha-cfg set slave_vm_stat 0")];
}

/** These have a check of their own. */
const TOLD_ELSEWHERE: ReadonlySet<string> = new Set([
  "FENCE_METHOD",
  "FENCE_ACTION",
  "FENCE_QUORUM_REQUIRED",
]);

/** Values that `ha-cfg set` warns of. */
function dangerous({ settings }: Examination): readonly Finding[] {
  const { warn } = findingsOf("dangerous-values");
  return [...ROWS].flatMap(([name, row]): readonly Finding[] => {
    if (row.warns === null || TOLD_ELSEWHERE.has(name) || row.scope !== "pool") return [];
    const value = settingText(name, row, settings);
    if (value !== row.kind.render(row.warns.at)) return [];
    return [
      warn(`${name}=${value}: ${row.warns.text}`, `ha-cfg set ${name} ${row.kind.render(row.default)}`),
    ];
  });
}
