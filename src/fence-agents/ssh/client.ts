import { join } from "node:path";
import { runCommand } from "../../adapters/processes/run-command.ts";
import type { MethodContext } from "../method.ts";
import { askpassEnvironment } from "./askpass.ts";
import { LEGACY_QUERIES, type RemoteCommand, sshArguments } from "./command-line.ts";
import { explainFailure, linesOfErrors, SSH_FAILED } from "./fault.ts";
import { dropEmptyPin, knownHost } from "./known-host.ts";
import { type Dialogue, runSsh } from "./run-ssh.ts";
import type { SshTarget } from "./target.ts";

/** What came of one connection. There may be an output and a fault: a device that hangs up after its answer. */
export interface SshAnswer {
  readonly output: string;
  /** Standard error: ssh's own words, or the remote command's. */
  readonly errors: readonly string[];
  /** Of the remote command; null when it did not end by itself. */
  readonly exitCode: number | null;
  /** Why there is no answer, or not all of it; null when the other side ended it properly. */
  readonly fault: string | null;
}

/** One call is one connection. Never rejects; ends with `signal`, and leaves no process behind. */
export interface SshClient {
  run(command: string, signal: AbortSignal): Promise<SshAnswer>;
  /** A session as a person has it: what is typed, and when, is the dialogue's. */
  converse(dialogue: Dialogue, signal: AbortSignal): Promise<SshAnswer>;
}

/** A device that hangs must leave time for another try: FENCE_TIMEOUT is 60 s. */
const CALL_MS = 15_000;
const QUERY_MS = 2_000;
/** The words of `timeout`, which starts ssh. */
const NOT_STARTED = /^timeout: failed to run command/;

export function createSshClient(
  target: SshTarget,
  context: Pick<MethodContext, "clock" | "environment" | "self" | "pins">,
  callMs: number = CALL_MS,
): SshClient {
  const connect = async (
    command: RemoteCommand,
    dialogue: Dialogue | null,
    signal: AbortSignal,
  ): Promise<SshAnswer> => {
    const available = target.legacy ? await queryAlgorithms(context, signal) : {};
    const host = knownHost(context.pins, target.address);
    const end = await runSsh({
      clock: context.clock,
      args: sshArguments(target, host, command, available),
      env: { ...context.environment, LC_ALL: "C", TERM: "vt100", ...loginEnvironment(target, context) },
      timeoutMs: callMs,
      signal,
      dialogue,
    });
    dropEmptyPin(host);
    const { exitCode, output, errors } = end;
    const fault = () => {
      if (end.late) return signal.aborted ? "the time was over" : `no answer within ${callMs / 1_000} s`;
      if (end.endless) return "it said more than any answer is long";
      if (exitCode === null)
        return `ssh could not be run to its end${errors === "" ? "" : `: ${errors.trim()}`}`;
      if (NOT_STARTED.test(errors)) return errors.trim();
      return exitCode === SSH_FAILED ? explainFailure(errors, target, host.path) : null;
    };
    return { output, errors: linesOfErrors(errors), exitCode, fault: fault() };
  };
  return {
    run: (command, signal) => connect(command, null, signal),
    converse: (dialogue, signal) => connect(null, dialogue, signal),
  };
}

function loginEnvironment(
  { login }: SshTarget,
  { self, pins }: Pick<MethodContext, "self" | "pins">,
): Record<string, string> {
  return login.kind === "password" ? askpassEnvironment(login.password, self, join(pins, "ssh")) : {};
}

/** What this ssh can do at all; newer ones have lost the oldest algorithms. */
async function queryAlgorithms(
  { clock, environment }: Pick<MethodContext, "clock" | "environment">,
  signal: AbortSignal,
): Promise<Record<string, readonly string[]>> {
  const lists = await Promise.all(
    LEGACY_QUERIES.map(async (query) => {
      const options = { timeoutMs: QUERY_MS, env: { ...environment }, signal };
      const { output } = await runCommand(clock, ["ssh", "-Q", query], options);
      return [query, output.split("\n")] as const;
    }),
  );
  return Object.fromEntries(lists);
}
