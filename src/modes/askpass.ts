import { writeOutput } from "../adapters/processes/standard-streams.ts";
import { PASSWORD_VARIABLE } from "../fence-agents/ssh/askpass.ts";

/** Says the password to ssh, which reads it from a pipe. */
export function run(): number {
  writeOutput(`${process.env[PASSWORD_VARIABLE] ?? ""}\n`);
  return 0;
}
