import { PASSWORD_VARIABLE } from "../agent/ssh/askpass.ts";

/** Says the password to ssh, which reads it from a pipe. */
export function run(): number {
  process.stdout.write(`${process.env[PASSWORD_VARIABLE] ?? ""}\n`);
  return 0;
}
