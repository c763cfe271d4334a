import { nearestWord } from "../../config/nearest.ts";
import { type ParameterName, rowOf } from "../../config/params.ts";
import { PRESETS, type Preset, WHY_METHOD_STAYS, WHY_NO_ONFAIL } from "../../config/presets.ts";
import { resolvePool } from "../../config/resolve.ts";
import { provesOff } from "../../core/fencing/fence-policy.ts";
import { defineAction } from "../action.ts";
import { type CliPorts, EXIT, type ExitCode, UsageError } from "../cli-ports.ts";
import { confirm } from "../confirm.ts";
import { planChanges, renderChanges, warnOf, writeParameters } from "../parameter-changes.ts";
import { type PoolAccess, withPool } from "../pool-access.ts";
import { wrapText } from "../screens/text.ts";

interface Choices {
  readonly name: string;
  readonly preset: Preset;
  /** Heuristic IPs as they are stored; null: none were given. */
  readonly ips: string | null;
  readonly faster: boolean;
  readonly yes: boolean;
}

export const presetAction = defineAction({
  name: "preset",
  description: `Sets the parameters for one kind of pool: ${[...PRESETS.keys()].join(", ")}. Shows the difference and asks.`,
  args: {
    name: { type: "positional", required: true, description: [...PRESETS.keys()].join(", ") },
    ips: { type: "positional", required: false, description: "heuristic IPs, : between" },
    faster: { type: "boolean", description: "two-node: a faster take-over (XAPI_COUNT=2, XAPI_DELAY=10)" },
    yes: { type: "boolean", description: "does not ask" },
  },
  async run(args, ports) {
    const preset = requirePreset(args.name);
    const faster = args.faster === true;
    if (faster && preset.faster === null)
      throw new UsageError(`Cannot run preset ${args.name}: it knows no faster take-over`);
    if (args.ips !== undefined && !preset.asksHeuristics)
      throw new UsageError(`Cannot run preset ${args.name}: it has no use for heuristic IPs`);
    const ips = args.ips === undefined ? null : parseIps(args.ips);
    const choices = { name: args.name, preset, ips, faster, yes: args.yes === true };
    return withPool(ports, (pool) => apply(choices, pool, ports));
  },
});

function requirePreset(typed: string): Preset {
  const preset = PRESETS.get(typed);
  if (preset !== undefined) return preset;
  const near = nearestWord(typed, PRESETS.keys());
  const hint = near === undefined ? `there are ${[...PRESETS.keys()].join(", ")}` : `did you mean ${near}?`;
  throw new UsageError(`Cannot run preset ${typed}: there is no such preset; ${hint}`);
}

function parseIps(typed: string): string {
  const { kind } = rowOf("FENCE_HEURISTICS_IPS");
  const parsed = kind.parse(typed);
  if (!parsed.ok) throw new UsageError(`Cannot set FENCE_HEURISTICS_IPS: ${parsed.why}`);
  return kind.render(parsed.value);
}

async function apply(typed: Choices, pool: PoolAccess, ports: CliPorts): Promise<ExitCode> {
  if (pool.database === null) return pool.exitWithout;
  const { name, preset, yes } = typed;
  const choices = await askMore(typed, pool, ports);
  const kept = keptMethod(choices, pool);
  const wanted = wantedOf(choices).filter(([known]) => kept === null || known !== "FENCE_METHOD");
  const changes = planChanges(wanted, pool.database.pool.otherConfig);
  const same = wanted.length - changes.length;
  ports.stdout(`Preset ${name}: ${preset.meaning}\n`);
  if (kept !== null) ports.stdout(wrapText(`FENCE_METHOD stays ${kept}. ${WHY_METHOD_STAYS}`, ""));
  if (changes.length === 0) {
    ports.stdout(`All ${same} parameters already have these values: nothing was changed.\n`);
    return EXIT.done;
  }
  ports.stdout(`${renderChanges(changes)}${same} parameters already have these values.\n`);
  if (preset.asksHeuristics) ports.stdout(wrapText(WHY_NO_ONFAIL, ""));
  warnOf(
    changes.map(({ name: changed, after }) => [changed, after] as const),
    ports,
  );
  warnOfPool(choices, pool, ports);
  if (!(await confirm(ports, "preset", `Change these ${changes.length} parameters?`, yes)))
    return EXIT.failed;
  return writeParameters(ports, pool, changes);
}

/** What a preset leaves to its administrator, where there is somebody to say. */
async function askMore(typed: Choices, pool: PoolAccess, ports: CliPorts): Promise<Choices> {
  const { preset, yes } = typed;
  if (yes || !ports.keyboard.isTerminal) return typed;
  let { ips, faster } = typed;
  if (preset.asksHeuristics && ips === null && pool.resolved.settings.FENCE_HEURISTICS_IPS.length === 0) {
    const question = "Heuristic IPs, outside of the pool, : between (empty: none) ";
    const answer = (await ports.keyboard.readLine(question, true)) ?? "";
    ips = answer.trim() === "" ? null : parseIps(answer);
  }
  if (preset.faster !== null && !faster) {
    const set = Object.entries(preset.faster).map(([known, value]) => `${known}=${value}`);
    const question = `Faster take-over, ${set.join(" ")}, less patience with a busy host? (yes/no) `;
    faster = (await ports.keyboard.readLine(question, true))?.trim().toLowerCase() === "yes";
  }
  return { ...typed, ips, faster };
}

function wantedOf({ preset, ips, faster }: Choices): readonly (readonly [ParameterName, string])[] {
  const values = { ...preset.values, ...(faster ? preset.faster : {}) };
  const all = ips === null ? values : { ...values, FENCE_HEURISTICS_IPS: ips };
  return Object.entries(all) as [ParameterName, string][];
}

/** The pool's method when it proves that a host is off and the preset's does not; null when the preset's may be written. */
function keptMethod({ preset }: Choices, { database, texts }: PoolAccess): string | null {
  const wanted = preset.values.FENCE_METHOD;
  const method = resolvePool(database?.pool.otherConfig ?? {}, texts.lastGood).settings.FENCE_METHOD;
  if (wanted === undefined || provesOff(wanted)) return null;
  return provesOff(method) ? method : null;
}

/** What the preset alone does not make good. */
function warnOfPool({ preset, ips }: Choices, { resolved, database }: PoolAccess, ports: CliPorts): void {
  const hosts = database?.hosts.length ?? 0;
  const needed = Number(preset.values.FENCE_MIN_HOSTS ?? 0);
  if (hosts < needed) {
    ports.stderr(`Warning: this pool has ${hosts} hosts; with fewer than ${needed} no host is fenced.\n`);
  }
  const noIps = ips === null && resolved.settings.FENCE_HEURISTICS_IPS.length === 0;
  if (preset.asksHeuristics && noIps) {
    ports.stderr(
      "Warning: there are no heuristic IPs, so half of the hosts is never enough: ha-cfg set FENCE_HEURISTICS_IPS\n",
    );
  }
}
