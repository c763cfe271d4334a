import { type Action, defineAction } from "../action.ts";
import { EXIT } from "../cli-ports.ts";
import { bashCompletion } from "../completion/bash.ts";

/** `bash-completion`, of all these actions and itself; the installer writes what it prints to its place. */
export function bashCompletionAction(others: readonly Action[]): Action {
  const own: Action = defineAction({
    name: "bash-completion",
    description: "Prints the completion for bash, which belongs in /etc/bash_completion.d/ha-cfg.",
    args: {},
    async run(_args, ports) {
      ports.stdout(bashCompletion([...others, own]));
      return EXIT.done;
    },
  });
  return own;
}
