import { poolParameters } from "../../config/pool-keys.ts";
import { customFieldKey } from "../../core/model/ha-flag.ts";
import { type Action, defineAction } from "../action.ts";
import { type CliPorts, EXIT, type ExitCode } from "../cli-ports.ts";
import { type PoolAccess, withPool, writePoolKeys } from "../pool-access.ts";

export const haEnableAction = defineSwitch("ha-enable", "true", "Switches HA on for this pool.");
export const haDisableAction = defineSwitch("ha-disable", "false", "Switches HA off for this pool.");

function defineSwitch(name: string, value: "true" | "false", description: string): Action {
  return defineAction({
    name,
    description,
    args: {},
    run: (_args, ports) => withPool(ports, (pool) => switchHa(value, pool, ports)),
  });
}

async function switchHa(value: "true" | "false", pool: PoolAccess, ports: CliPorts): Promise<ExitCode> {
  if (pool.database === null) return pool.exitWithout;
  const { name, otherConfig, haEnabled } = pool.database.pool;
  const word = value === "true" ? "on" : "off";
  if (value === "true" && haEnabled) {
    ports.stderr(
      "Cannot switch HA on: XAPI's own HA is on for this pool, and two of them fight for the hosts.\n",
    );
    return EXIT.failed;
  }
  if (value === "true" && poolParameters(otherConfig).size === 0) {
    ports.stderr("Warning: the pool database holds no parameters; see ha-cfg get for those in force.\n");
  }
  const key = customFieldKey(pool.resolved.settings.XC_FIELD_NAME);
  if (otherConfig[key] === value) {
    ports.stdout(`HA is ${word} already for pool ${name}.\n`);
    await ports.wakeMonitor();
    return EXIT.done;
  }
  return writePoolKeys(ports, pool, [[key, value]], () => {
    ports.stdout(`HA is switched ${word} for pool ${name}.\n`);
  });
}
