import { resolveTexts } from "../../app/pass/resolve-texts.ts";
import { defaultText, type ParameterName, rowOf } from "../../config/params.ts";
import { defineAction } from "../action.ts";
import { audit } from "../audit.ts";
import { type CliPorts, EXIT, type ExitCode, UsageError } from "../cli-ports.ts";
import { requireParameter } from "../parameter-argument.ts";
import { planChanges, valueWord, waitText, warnOf, writeParameters } from "../parameter-changes.ts";
import { type PoolAccess, withPool } from "../pool-access.ts";

export const unsetAction = defineAction({
  name: "unset",
  description: "Resets a parameter of the pool to its default, or removes an override of this host.",
  args: {
    param: { type: "positional", required: true, description: "the parameter, in any case" },
    local: { type: "boolean", description: "the override of this host; the value of the pool holds again" },
  },
  async run(args, ports) {
    const name = requireParameter("unset", args.param);
    const { scope } = rowOf(name);
    if (scope === "watchdog")
      throw new UsageError(`Cannot unset ${name}: it is a variable in /etc/init.d/ha-lizard-watchdog`);
    if (args.local === true) return removeHere(name, ports);
    if (scope === "host")
      throw new UsageError(`Cannot unset ${name}: it belongs to one host: unset --local takes it back there`);
    return withPool(ports, (pool) => putBack(name, pool, ports));
  },
});

/** The default is written: a key that has vanished looks like a bad read, and then the last good value stays. */
async function putBack(name: ParameterName, pool: PoolAccess, ports: CliPorts): Promise<ExitCode> {
  if (pool.database === null) return pool.exitWithout;
  const value = defaultText(name);
  const changes = planChanges([[name, value]], pool.database.pool.otherConfig);
  if (changes.length === 0) {
    ports.stdout(`${name} already has its default ${valueWord(name, value)}.\n`);
    return EXIT.done;
  }
  warnOf([[name, value]], ports);
  return writeParameters(ports, pool, changes);
}

/** Needs no XAPI: it may be silent because of the override. */
async function removeHere(name: ParameterName, ports: CliPorts): Promise<ExitCode> {
  const texts = await ports.config.read();
  const before = texts.override?.[name];
  if (texts.override !== null && before === undefined) {
    ports.stdout(`The override file of this host does not set ${name}: nothing was changed.\n`);
    return EXIT.done;
  }
  const why = await ports.override.removeOverride(name);
  if (why !== null) {
    ports.stderr(`Cannot unset ${name} on this host: ${why}.\n`);
    return EXIT.failed;
  }
  ports.stdout(`Success: ${name} is no longer overridden on this host\n`);
  const { [name]: _, ...rest } = texts.override ?? {};
  const { settings } = resolveTexts({ ...texts, override: rest }, null);
  audit(ports, settings, `Override of ${name} on this host, ${valueWord(name, before ?? "")}, removed`);
  await ports.wakeMonitor();
  ports.stdout(waitText(settings.MONITOR_DELAY));
  return EXIT.done;
}
