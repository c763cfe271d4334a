import { defineAction } from "../action.ts";
import { EXIT } from "../cli-ports.ts";

export const versionAction = defineAction({
  name: "version",
  description: "Prints the version of this program.",
  args: {},
  async run(_args, ports) {
    ports.stdout(`ha-lizard ${ports.version}\n`);
    return EXIT.done;
  },
});
