import { rememberedMemory } from "../../app/pass/remembered.ts";
import { type HaFlag, haFlagOf } from "../../core/model/ha-flag.ts";
import { defineAction } from "../action.ts";
import { type CliPorts, EXIT } from "../cli-ports.ts";
import { withPool } from "../pool-access.ts";

const WORDS: Readonly<Record<HaFlag, string>> = { on: "true", off: "false", unset: "unset" };

export const haStatusAction = defineAction({
  name: "ha-status",
  description: "Prints true or false: is HA switched on for this pool?",
  args: { json: { type: "boolean", description: "for programs" } },
  async run(args, ports) {
    return withPool(ports, async ({ database, resolved, exitWithout }) => {
      const field = resolved.settings.XC_FIELD_NAME;
      const flag =
        database === null ? await rememberedFlag(ports) : haFlagOf(database.pool.otherConfig, field);
      if (args.json === true) {
        const ha = flag === "on" ? true : flag === "off" ? false : null;
        ports.stdout(`${JSON.stringify({ ha, source: database === null ? "last-good" : "pool" })}\n`);
      } else if (flag !== null) ports.stdout(`${WORDS[flag]}\n`);
      if (database === null) {
        const known =
          flag === null ? "This host remembers no state of the pool." : "This is what it was last.";
        ports.stderr(`${known}\n`);
        return exitWithout;
      }
      if (flag !== "unset") return EXIT.done;
      ports.stderr(`Cannot say whether HA is on: the pool's field ${field} is neither true nor false.\n`);
      return EXIT.failed;
    });
  },
});

/** HA on/off as the iterations of this host saw it last. */
async function rememberedFlag(ports: CliPorts): Promise<HaFlag | null> {
  const memory = await rememberedMemory(ports.store);
  return memory?.lastGood?.haFlag ?? null;
}
