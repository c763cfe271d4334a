import { defineAction } from "../action.ts";
import { EXIT } from "../cli-ports.ts";
import { planChanges, renderChanges, warnOf, writeParameters } from "../parameter-changes.ts";
import { parseParameterFile } from "../parameter-file.ts";
import { withPool } from "../pool-access.ts";
import { plainText } from "../screens/text.ts";

export const restoreAction = defineAction({
  name: "restore",
  description:
    "Restores the parameters of a backup to the pool database: all of them, or none if one is invalid.",
  args: { file: { type: "positional", required: true, description: "a file of ha-cfg backup" } },
  async run(args, ports) {
    const shown = plainText(args.file);
    const read = await ports.files.read(args.file);
    if (!read.ok) {
      ports.stderr(`Cannot restore from ${shown}: ${read.why}.\n`);
      return EXIT.failed;
    }
    const { values, problems, unused } = parseParameterFile(read.text);
    if (unused.length > 0) ports.stderr(`Ignored, not used by this program: ${unused.join(", ")}\n`);
    const why = problems.length === 0 && values.size === 0 ? ["it holds no parameters"] : problems;
    if (why.length > 0) {
      const list = why.map((problem) => `  ${problem}\n`).join("");
      ports.stderr(`Cannot restore from ${shown}, nothing was changed:\n${list}`);
      return EXIT.failed;
    }
    return withPool(ports, async (pool) => {
      if (pool.database === null) return pool.exitWithout;
      const changes = planChanges(values, pool.database.pool.otherConfig);
      if (changes.length === 0) {
        ports.stdout(`All ${values.size} parameters already have these values: nothing was changed.\n`);
        return EXIT.done;
      }
      ports.stdout(renderChanges(changes));
      warnOf(
        changes.map(({ name, after }) => [name, after] as const),
        ports,
      );
      return writeParameters(ports, pool, changes);
    });
  },
});
