import { resolveTexts } from "../app/pass/resolve-texts.ts";
import { defaultText, type ParameterName, rowOf } from "../config/params.ts";
import { poolKey } from "../config/pool-keys.ts";
import { type CliPorts, EXIT, type ExitCode } from "./cli-ports.ts";
import { warnOfFencing } from "./fence-warnings.ts";
import { changePool, type PoolAccess, poolKeyChange } from "./pool-access.ts";
import { shownText } from "./screens/parameters.ts";
import { plainText } from "./screens/text.ts";

/** A parameter of the pool that is to have another text. */
export interface ParameterChange {
  readonly name: ParameterName;
  /** What the pool database holds; null: nothing. */
  readonly before: string | null;
  readonly after: string;
}

/** What of `wanted` the pool database does not hold yet, in the order of `wanted`. */
export function planChanges(
  wanted: Iterable<readonly [ParameterName, string]>,
  otherConfig: Readonly<Record<string, string>>,
): readonly ParameterChange[] {
  return [...wanted].flatMap(([name, after]): readonly ParameterChange[] => {
    const key = poolKey(name);
    const before = Object.hasOwn(otherConfig, key) ? (otherConfig[key] ?? null) : null;
    return before === after ? [] : [{ name, before, after }];
  });
}

/** One line for each, `NAME  before -> after`; secrets masked. */
export function renderChanges(changes: readonly ParameterChange[]): string {
  const width = Math.max(0, ...changes.map(({ name }) => name.length));
  const lines = changes.map(({ name, before, after }) => {
    const old =
      before === null ? `not set (default ${valueWord(name, defaultText(name))})` : valueWord(name, before);
    return `  ${name.padEnd(width)}  ${old} -> ${valueWord(name, after)}\n`;
  });
  return lines.join("");
}

/** A value as it stands in a sentence: secrets masked, nothing as two quotes. */
export function valueWord(name: ParameterName, text: string): string {
  return text === "" ? "''" : plainText(shownText(rowOf(name), text, false));
}

/** A change for the log: `FENCE_METHOD of the pool changed from POOL to IPMI`. `before`: null when nothing was set. */
export function changeText(name: ParameterName, whose: string, before: string | null, after: string): string {
  const from = before === null ? "nothing" : valueWord(name, before);
  return `${name} of ${whose} changed from ${from} to ${valueWord(name, after)}`;
}

/** Says which values are dangerous or deprecated. */
export function warnOf(changes: Iterable<readonly [ParameterName, string]>, ports: CliPorts): void {
  for (const [name, value] of changes) {
    const { warns, kind } = rowOf(name);
    if (warns !== null && kind.render(warns.at) === value)
      ports.stderr(`Warning: ${name}=${value}: ${warns.text}.\n`);
  }
}

/** Writes them one by one, and says when they hold and what on this host is stronger. */
export async function writeParameters(
  ports: CliPorts,
  pool: PoolAccess,
  changes: readonly ParameterChange[],
): Promise<ExitCode> {
  const code = await changePool(
    ports,
    pool,
    changes.map(({ name, before, after }) =>
      poolKeyChange(pool, poolKey(name), after, {
        audit: changeText(name, "the pool", before, after),
        done: () => ports.stdout(`Success: ${name} set to ${shownText(rowOf(name), after, false)}\n`),
      }),
    ),
  );
  if (code !== EXIT.done) return code;
  ports.stdout(waitText(pool.resolved.settings.MONITOR_DELAY));
  for (const { name, after } of changes) warnOfConsequences(name, after, pool, ports);
  if (pool.database !== null && changes.some(({ name }) => name.startsWith("FENCE_"))) {
    const { otherConfig } = pool.database.pool;
    const written = changes.map(({ name, after }) => [poolKey(name), after] as const);
    const now = { ...otherConfig, ...Object.fromEntries(written) };
    const { settings } = resolveTexts(pool.texts, now);
    await warnOfFencing(ports, settings, pool.database.hosts);
  }
  return EXIT.done;
}

/** When a change holds, in HA-Lizard's words. */
export function waitText(monitorDelayS: number): string {
  return `Wait at least ${monitorDelayS} seconds for changes to be applied\n`;
}

function warnOfConsequences(
  name: ParameterName,
  value: string,
  { texts }: PoolAccess,
  ports: CliPorts,
): void {
  if (Object.hasOwn(texts.override ?? {}, name)) {
    ports.stderr(`Warning: on this host the override file sets ${name}, and it is stronger than the pool.\n`);
  }
  if (name === "XC_FIELD_NAME") {
    ports.stderr(
      `Warning: HA on/off is now read from the field ${value}: switch it with ha-cfg ha-enable or ha-disable.\n`,
    );
  }
}
