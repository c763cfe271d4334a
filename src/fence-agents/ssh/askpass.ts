import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Its value is the password. A program of ours that finds it in its environment was started by ssh to say it. */
export const PASSWORD_VARIABLE = "HA_LIZARD_ASKPASS";

/**
 * What ssh needs to take a password from a program. Versions before 8.4 do so only with a DISPLAY and without a terminal;
 * later ones are told so. `self` is how this program is started; `folder` is for a script around it when that is more
 * than one word (run from source), because SSH_ASKPASS is a single path.
 */
export function askpassEnvironment(
  password: string,
  self: readonly string[],
  folder: string,
): Record<string, string> {
  return {
    [PASSWORD_VARIABLE]: password,
    DISPLAY: "none:0",
    SSH_ASKPASS: askpassProgram(self, folder),
    SSH_ASKPASS_REQUIRE: "force",
  };
}

function askpassProgram(self: readonly string[], folder: string): string {
  const [program = "", ...more] = self;
  if (more.length === 0) return program;
  const path = join(folder, "askpass.sh");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(path, `#!/bin/sh\nexec ${self.map(quote).join(" ")}\n`, { mode: 0o700 });
  return path;
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
