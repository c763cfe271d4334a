import { defineAction } from "../action.ts";
import { type CliPorts, EXIT, type ExitCode } from "../cli-ports.ts";
import { confirm } from "../confirm.ts";
import { fieldNames, findHostKeys, findPoolKeys, findVmKeys, type PoolKeys } from "../own-keys.ts";
import { askPool, changePool, type PoolAccess, type PoolChange, withPool } from "../pool-access.ts";
import { plainText, poolText, wrapText } from "../screens/text.ts";

export const removeAction = defineAction({
  name: "remove",
  description: "Removes all keys of this program from the pool database; HA is off from then on.",
  args: {
    vms: { type: "boolean", description: "those of the hosts and VMs too: health, HA flags, home pools" },
    yes: { type: "boolean", description: "does not ask" },
  },
  async run(args, ports) {
    return withPool(ports, async (pool) => {
      if (pool.database === null) return pool.exitWithout;
      const { otherConfig } = pool.database.pool;
      const fields = fieldNames(pool.resolved.settings.XC_FIELD_NAME, otherConfig, pool.texts.lastGood);
      const keys = findPoolKeys(otherConfig, fields);
      const others = args.vms === true ? await otherChanges(fields, pool, ports) : { changes: [] };
      if ("exit" in others) return others.exit;
      return remove(keys, others.changes, args.yes === true, pool, ports);
    });
  },
});

async function remove(
  keys: PoolKeys,
  others: readonly PoolChange[],
  yes: boolean,
  pool: PoolAccess,
  ports: CliPorts,
): Promise<ExitCode> {
  // HA on/off first: nothing may act on half of its parameters. The field's name, a parameter, goes after what it names.
  const changes = [
    ...keys.flags.map((key) => poolChange(key, pool, ports)),
    ...others,
    ...[...keys.parameters, ...keys.notes].map((key) => poolChange(key, pool, ports)),
  ];
  if (keys.foreign.length > 0) {
    const names = keys.foreign.map(plainText).join(", ");
    ports.stderr(wrapText(`Left alone, no parameters of this program: ${names}.`, ""));
  }
  if (changes.length === 0) {
    ports.stdout("There are no keys of this program in the pool database: nothing was changed.\n");
    return EXIT.done;
  }
  ports.stdout(describe(keys, others.length, pool.database?.pool.name ?? ""));
  if (!(await confirm(ports, "remove", `Remove these ${changes.length} keys?`, yes))) return EXIT.failed;
  const code = await changePool(ports, pool, changes);
  if (code === EXIT.done) {
    ports.stdout(
      `${changes.length} keys removed. HA does nothing in this pool until ha-cfg insert and ha-enable.\n`,
    );
  } else ports.stderr("Not all keys were removed: run ha-cfg remove again.\n");
  return code;
}

function describe({ flags, parameters, notes }: PoolKeys, others: number, pool: string): string {
  const parts = [
    flags.length > 0 ? "HA on/off" : "",
    parameters.length > 0 ? `${parameters.length} parameters, passwords among them` : "",
    notes.length > 0 ? `${notes.length} keys of its own` : "",
    others > 0 ? `${others} keys of hosts and VMs` : "",
  ].filter((part) => part !== "");
  return wrapText(`Of this program the database of ${poolText(pool)} holds: ${parts.join("; ")}.`, "");
}

function poolChange(key: string, { xapi }: PoolAccess, ports: CliPorts): PoolChange {
  return {
    what: `remove ${key} from the pool database`,
    audit: `${key} removed from the pool database`,
    run: (signal) => xapi.removePoolKey(key, signal),
    done: () => ports.stdout(`removed ${key}\n`),
  };
}

async function otherChanges(
  fields: readonly string[],
  { xapi, database }: PoolAccess,
  ports: CliPorts,
): Promise<{ readonly changes: readonly PoolChange[] } | { readonly exit: ExitCode }> {
  const listed = await askPool(ports, "list the VMs", (signal) => xapi.listVms(signal));
  if (!listed.ok) return { exit: listed.exit };
  const change = (whose: string, key: string, run: PoolChange["run"]): PoolChange => ({
    what: `remove ${key} of ${whose}`,
    audit: `${key} of ${whose} removed`,
    run,
    done: () => ports.stdout(`removed ${key} of ${whose}\n`),
  });
  const ofHosts = (database?.hosts ?? []).flatMap(({ uuid, name, otherConfig }) =>
    findHostKeys(otherConfig, fields).map((key) =>
      change(`host ${plainText(name)}`, key, (signal) => xapi.removeHostKey(uuid, key, signal)),
    ),
  );
  const ofVms = listed.value.flatMap(({ uuid, name, otherConfig }) =>
    findVmKeys(otherConfig, fields).map((key) =>
      change(`VM ${plainText(name)}`, key, (signal) => xapi.removeVmKey(uuid, key, signal)),
    ),
  );
  return { changes: [...ofHosts, ...ofVms] };
}
