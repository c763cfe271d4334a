import type { Dialogue } from "../../adapters/ssh/run-ssh.ts";
import { endsWithPrompt } from "./clp.ts";

/** Old iLOs want a carriage return, others a line feed; an empty command does no harm. */
const ENTER = "\r\n";

export interface ClpDialogue extends Dialogue {
  /** What the device said to the command, with its echo; null before the next prompt. */
  answer(): string | null;
}

/** Waits for the prompt, types the command, waits for the prompt, and takes its leave. */
export function createDialogue(command: string): ClpDialogue {
  let stage: "banner" | "command" | "goodbye" = "banner";
  let heard = "";
  let answer: string | null = null;
  return {
    hear(chunk) {
      if (stage === "goodbye") return null;
      heard += chunk;
      if (!endsWithPrompt(heard)) return null;
      if (stage === "banner") {
        stage = "command";
        heard = "";
        return `${command}${ENTER}`;
      }
      // The prompt is the end of the last line, too.
      answer = `${heard}\n`;
      stage = "goodbye";
      return `exit${ENTER}`;
    },
    get done() {
      return stage === "goodbye";
    },
    answer: () => answer,
  };
}
