import { SSH_FAILED, type SshFault } from "./fault.ts";
import type { SshEnd } from "./run-ssh.ts";

/** The words of `timeout`, which starts ssh. */
const NOT_STARTED = /^timeout: failed to run command/;

/** What was wrong with the connection itself; null: nothing, the remote command has ended. `explain`: ssh's own fault. */
export function judgeEnd(
  end: SshEnd,
  callMs: number,
  signal: AbortSignal,
  explain: () => SshFault,
): SshFault | null {
  const passing = (why: string): SshFault => ({ why, final: false, refused: false });
  if (end.late) return passing(signal.aborted ? "the time was over" : `no answer within ${callMs / 1_000} s`);
  if (end.endless) return passing("it said more than any answer is long");
  const errors = end.errors.trim();
  if (end.exitCode === null)
    return passing(`ssh could not be run to its end${errors === "" ? "" : `: ${errors}`}`);
  if (NOT_STARTED.test(errors)) return { ...passing(`${errors}; install openssh-clients`), final: true };
  return end.exitCode === SSH_FAILED ? explain() : null;
}
