import { rememberedMemory } from "../../app/pass/remembered.ts";
import { resolveTexts } from "../../app/pass/resolve-texts.ts";
import { type ParameterName, rowOf } from "../../config/params.ts";
import { haFlagOf } from "../../core/model/ha-flag.ts";
import { defineAction } from "../action.ts";
import { audit } from "../audit.ts";
import { type CliPorts, EXIT, type ExitCode, UsageError } from "../cli-ports.ts";
import { warnOfFencing } from "../fence-warnings.ts";
import { requireParameter } from "../parameter-argument.ts";
import { changeText, planChanges, waitText, warnOf, writeParameters } from "../parameter-changes.ts";
import { type PoolAccess, withPool } from "../pool-access.ts";
import { shownText } from "../screens/parameters.ts";
import { wrapText } from "../screens/text.ts";
import { readValue } from "../value-argument.ts";

export const setAction = defineAction({
  name: "set",
  description: "Changes a parameter of the pool, after a check of its value. PARAM=VALUE is taken as well.",
  args: {
    param: { type: "positional", required: true, description: "the parameter, in any case" },
    value: {
      type: "positional",
      required: false,
      description: "its value; '' for nothing, - to be asked for it",
    },
    local: {
      type: "boolean",
      description: "for this host only, in its override file; undone by unset --local",
    },
  },
  async run(args, ports) {
    const local = args.local === true;
    const [param, given] = parseAssignment(args.param, args.value);
    const name = requireParameter("set", param);
    if (given === undefined)
      throw new UsageError(`Cannot set ${name}: give the value as well: ha-cfg set ${name} VALUE`);
    const row = rowOf(name);
    const isHere = row.scope === "pool" || (local && row.scope === "host");
    if (!isHere) throw new UsageError(`Cannot set ${name}: ${PLACES[row.scope]}`);
    if (row.secret && !local && given !== "") ports.stderr(wrapText(whereSecretsGo(name), ""));
    const typed = await readValue(name, given, ports);
    const parsed = row.kind.parse(typed);
    if (!parsed.ok) throw new UsageError(`Cannot set ${name}${quote(row.secret, typed)}: ${parsed.why}`);
    const value = row.kind.render(parsed.value);
    warnOf([[name, value]], ports);
    if (local) return storeHere(name, value, ports);
    return withPool(ports, (pool) => store(name, value, pool, ports));
  },
});

/** `set A=B` is what the file says and what other programs take: it means `set A B`. */
function parseAssignment(param: string, value: string | undefined): readonly [string, string | undefined] {
  const at = param.indexOf("=");
  return at < 0 || value !== undefined ? [param, value] : [param.slice(0, at), param.slice(at + 1)];
}

const PLACES = {
  pool: "",
  host: "it belongs to one host: set --local writes it to /etc/ha-lizard/ha-lizard.conf there",
  watchdog: "it is a variable in /etc/init.d/ha-lizard-watchdog",
} as const;

/** Said before it is typed. */
function whereSecretsGo(name: ParameterName): string {
  return `${name} is stored in the pool database, where every administrator of the pool can read it; with --local it is in a file of this host that only root can read.`;
}

function quote(secret: boolean, value: string): string {
  return secret ? "" : ` to ${JSON.stringify(value.slice(0, 60))}`;
}

async function store(
  name: ParameterName,
  value: string,
  pool: PoolAccess,
  ports: CliPorts,
): Promise<ExitCode> {
  if (pool.database === null) return pool.exitWithout;
  const { otherConfig } = pool.database.pool;
  const changes = planChanges([[name, value]], otherConfig);
  if (changes.length === 0) {
    ports.stdout(`${name} is ${shownText(rowOf(name), value, false)} already.\n`);
    return EXIT.done;
  }
  const isHaOn = haFlagOf(otherConfig, pool.resolved.settings.XC_FIELD_NAME) === "on";
  if (rowOf(name).onlyWhileOff && isHaOn) {
    ports.stderr(
      `Cannot set ${name}: HA is on, and the hosts would not hear each other until all of them know the new value. Run ha-cfg ha-disable first.\n`,
    );
    return EXIT.failed;
  }
  return writeParameters(ports, pool, changes);
}

/** Needs no XAPI: it may be silent just because of what is to be changed. */
async function storeHere(name: ParameterName, value: string, ports: CliPorts): Promise<ExitCode> {
  const texts = await ports.config.read();
  const shown = shownText(rowOf(name), value, false);
  if (texts.override?.[name] === value) {
    ports.stdout(`${name} is ${shown} on this host already.\n`);
    return EXIT.done;
  }
  const why = await ports.override.setOverride(name, value);
  if (why !== null) {
    ports.stderr(`Cannot set ${name} on this host: ${why}.\n`);
    return EXIT.failed;
  }
  ports.stdout(`Success: ${name} set to ${shown} on this host\n`);
  const change = changeText(name, "this host", texts.override?.[name] ?? null, value);
  // By what held until now: that the log is switched off is logged as well.
  audit(ports, resolveTexts(texts, null).settings, change);
  await ports.wakeMonitor();
  const { settings } = resolveTexts({ ...texts, override: { ...texts.override, [name]: value } }, null);
  ports.stdout(waitText(settings.MONITOR_DELAY));
  if (name.startsWith("FENCE_")) {
    const memory = await rememberedMemory(ports.store);
    await warnOfFencing(ports, settings, memory?.lastGood?.hosts ?? []);
  }
  return EXIT.done;
}
