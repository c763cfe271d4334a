import { join } from "node:path";
import { runCommand } from "../../adapters/processes/run-command.ts";
import {
  LEGACY_QUERIES,
  type PasswordMethod,
  type RemoteCommand,
  sshArguments,
} from "../../adapters/ssh/command-line.ts";
import { asksInDialogue, explainFailure, linesOfErrors, SSH_FAILED } from "../../adapters/ssh/fault.ts";
import { judgeEnd } from "../../adapters/ssh/judge-end.ts";
import { type Dialogue, runSsh } from "../../adapters/ssh/run-ssh.ts";
import { SSH_PORT, type SshTarget } from "../../adapters/ssh/target.ts";
import { authorityOf } from "../address.ts";
import type { MethodContext } from "../method.ts";
import { askpassEnvironment } from "./askpass.ts";
import { dropEmptyPin, knownHost } from "./known-host.ts";

/** What came of one connection. There may be an output and a fault: a device that hangs up after its answer. */
export interface SshAnswer {
  readonly output: string;
  /** Standard error: ssh's own words, or the remote command's. */
  readonly errors: readonly string[];
  /** Of the remote command; null when it did not end by itself. */
  readonly exitCode: number | null;
  /** Why there is no answer, or not all of it; null when the other side ended it properly. */
  readonly fault: string | null;
  /** Of the fault: as of a `PowerReading`. */
  readonly final: boolean;
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

export function createSshClient(
  target: SshTarget,
  context: Pick<MethodContext, "clock" | "environment" | "self" | "pins">,
  callMs: number = CALL_MS,
): SshClient {
  const pinName = authorityOf(target, SSH_PORT);
  /** Until the device is heard to want it otherwise. */
  let asking: PasswordMethod = "password";
  const connect = async (
    command: RemoteCommand,
    dialogue: Dialogue | null,
    signal: AbortSignal,
  ): Promise<SshAnswer> => {
    const available = target.legacy ? await queryAlgorithms(context, signal) : {};
    const host = knownHost(context.pins, pinName);
    if ("why" in host) return { output: "", errors: [], exitCode: null, fault: host.why, final: true };
    const end = await runSsh({
      clock: context.clock,
      args: sshArguments(target, host, command, available, asking),
      env: { ...context.environment, LC_ALL: "C", TERM: "vt100", ...loginEnvironment(target, context) },
      timeoutMs: callMs,
      signal,
      dialogue,
    });
    dropEmptyPin(host);
    if (end.exitCode === SSH_FAILED && asking === "password" && asksInDialogue(end.errors)) {
      asking = "keyboard-interactive";
      return await connect(command, dialogue, signal);
    }
    const fault = judgeEnd(end, callMs, signal, () => explainFailure(end.errors, target, host.path));
    const { exitCode, output } = end;
    return {
      ...{ output, exitCode, errors: linesOfErrors(end.errors) },
      ...{ fault: fault?.why ?? null, final: fault?.final ?? false },
    };
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
