import { resolvePool } from "../../config/resolve.ts";
import { defineAction } from "../action.ts";
import { type CliPorts, EXIT, type ExitCode, UsageError } from "../cli-ports.ts";
import { poolNames, renderParameterFile } from "../parameter-file.ts";
import { type PoolAccess, withPool } from "../pool-access.ts";
import { plainText, poolText } from "../screens/text.ts";
import { mayWrite, write } from "../written-file.ts";

export const backupAction = defineAction({
  name: "backup",
  description: "Writes the parameters of the pool to a file that only root can read.",
  args: {
    file: { type: "positional", required: true, description: "the file; passwords stand in it as they are" },
    yes: { type: "boolean", description: "replaces a file that is there without asking" },
  },
  async run(args, ports) {
    const { file } = args;
    if (file.trim() === "" || file === "-")
      throw new UsageError("Cannot write a backup: give the name of a file");
    return withPool(ports, (pool) => backUp(file, args.yes === true, pool, ports));
  },
});

async function backUp(file: string, yes: boolean, pool: PoolAccess, ports: CliPorts): Promise<ExitCode> {
  if (pool.database === null) return pool.exitWithout;
  const target = { file, what: "a backup", action: "backup", yes };
  if (!(await mayWrite(target, ports))) return EXIT.failed;
  const { name, otherConfig } = pool.database.pool;
  const { settings, problems } = resolvePool(otherConfig, pool.texts.lastGood);
  for (const problem of problems) ports.stderr(`Warning: ${problem}\n`);
  const text = renderParameterFile(settings, [
    `Parameters of ${poolText(name)}, ${new Date(ports.clock.wallMs()).toISOString()}, ha-lizard ${ports.version}.`,
    'Put back with "ha-cfg restore". HA on/off and the HA flags of VMs are not in it. Passwords are, as they are.',
  ]);
  if (!(await write(target, text, ports))) return EXIT.failed;
  ports.stdout(
    `${poolNames().length} parameters of ${poolText(name)} written to ${plainText(file)} (mode 0600)\n`,
  );
  return EXIT.done;
}
