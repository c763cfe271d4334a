import { type ParameterName, rowOf } from "../../config/params.ts";
import { poolKey } from "../../config/pool-keys.ts";
import { defineAction } from "../action.ts";
import { type CliPorts, EXIT, type ExitCode, UsageError } from "../cli-ports.ts";
import { requireParameter } from "../parameter-argument.ts";
import { type PoolAccess, withPool, writePoolKeys } from "../pool-access.ts";
import { shownText } from "../render.ts";

export const setAction = defineAction({
  name: "set",
  description: "Changes a parameter of the pool, after a check of its value.",
  args: {
    param: { type: "positional", required: true, description: "the parameter, in any case" },
    value: { type: "positional", required: true, description: "its value; '' for nothing" },
  },
  async run(args, ports) {
    const name = requireParameter("set", args.param);
    const row = rowOf(name);
    if (row.scope !== "pool") throw new UsageError(`Cannot set ${name}: ${PLACES[row.scope]}`);
    const parsed = row.kind.parse(args.value);
    if (!parsed.ok) throw new UsageError(`Cannot set ${name}${quote(row.secret, args.value)}: ${parsed.why}`);
    const value = row.kind.render(parsed.value);
    if (row.warns !== null && row.kind.render(row.warns.at) === value) {
      ports.stderr(`Warning: ${name}=${value}: ${row.warns.text}.\n`);
    }
    return withPool(ports, (pool) => store(name, value, pool, ports));
  },
});

const PLACES = {
  host: "it belongs to one host; write it to /etc/ha-lizard/ha-lizard.conf there",
  watchdog: "it is a variable in /etc/init.d/ha-lizard-watchdog",
} as const;

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
  const key = poolKey(name);
  const shown = shownText(rowOf(name), value, false);
  if (pool.database.pool.otherConfig[key] === value) {
    ports.stdout(`${name} is ${shown} already.\n`);
    return EXIT.done;
  }
  const code = await writePoolKeys(ports, pool, [[key, value]], () => {
    ports.stdout(`Success: ${name} set to ${shown}\n`);
  });
  if (code !== EXIT.done) return code;
  const { settings } = pool.resolved;
  ports.stdout(`Wait at least ${settings.MONITOR_DELAY} seconds for changes to be applied\n`);
  if (Object.hasOwn(pool.texts.override ?? {}, name)) {
    ports.stderr(`Warning: on this host the override file sets ${name}, and it is stronger than the pool.\n`);
  }
  if (name === "XC_FIELD_NAME") {
    ports.stderr(
      `Warning: HA on/off is now read from the field ${value}: switch it with ha-cfg ha-enable or ha-disable.\n`,
    );
  }
  return EXIT.done;
}
