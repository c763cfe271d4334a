import { cleanEnvironment, pathsFrom } from "../adapters/files/paths.ts";
import { createSystemClock } from "../adapters/processes/clock-system.ts";
import { createFileLock } from "../adapters/processes/lock-file.ts";
import { writeError, writeOutput } from "../adapters/processes/standard-streams.ts";
import { askSr, parseArguments } from "../adapters/ties/sr-child.ts";
import { REAL_CALLS } from "../adapters/ties/tie-files.ts";

/** `tie-file`: one question to a tie-breaker on an SR, for a process that must not be stuck there. Says the answer as JSON. */
export async function run(args: readonly string[]): Promise<number> {
  const asked = parseArguments(args);
  if (asked === null) {
    writeError(
      "Cannot ask an SR: usage: ha-lizard tie-file <sr> <claim|holder|remove> <name> [<host>] <call>\n",
    );
    return 2;
  }
  const { srMounts, run } = pathsFrom(process.env);
  const clock = createSystemClock();
  const environment = cleanEnvironment(process.env);
  const answer = await askSr(asked.sr, asked.question, asked.call, {
    clock,
    mounts: srMounts,
    lockOf: (sr) => createFileLock(`tie-${sr}`, { folder: run, clock, environment }),
    calls: REAL_CALLS,
  });
  writeOutput(`${JSON.stringify(answer)}\n`);
  return 0;
}
