import { defaultText } from "../../config/params.ts";
import { defineAction } from "../action.ts";
import { EXIT } from "../cli-ports.ts";
import { confirm } from "../confirm.ts";
import { planChanges, renderChanges, warnOf, writeParameters } from "../parameter-changes.ts";
import { poolNames } from "../parameter-file.ts";
import { withPool } from "../pool-access.ts";

export const restoreDefaultAction = defineAction({
  name: "restore-default",
  description:
    "Resets every parameter of the pool to its default, after a question. HA on/off stays as it is.",
  args: { yes: { type: "boolean", description: "does not ask" } },
  async run(args, ports) {
    return withPool(ports, async (pool) => {
      if (pool.database === null) return pool.exitWithout;
      const defaults = poolNames().map((name) => [name, defaultText(name)] as const);
      const changes = planChanges(defaults, pool.database.pool.otherConfig);
      if (changes.length === 0) {
        ports.stdout(`All ${defaults.length} parameters already have their defaults: nothing was changed.\n`);
        return EXIT.done;
      }
      ports.stdout(renderChanges(changes));
      warnOf(
        changes.map(({ name, after }) => [name, after] as const),
        ports,
      );
      const question = `Put these ${changes.length} parameters back to their defaults?`;
      if (!(await confirm(ports, "restore-default", question, args.yes === true))) return EXIT.failed;
      return writeParameters(ports, pool, changes);
    });
  },
});
