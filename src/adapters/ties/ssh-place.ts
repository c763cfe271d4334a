import { randomBytes } from "node:crypto";
import type { SshPlace } from "../../config/tie-place.ts";
import { oneLine, shorten } from "../../core/model/plain-text.ts";
import type { TieBreakerSetUp } from "../../ports/tie-breaker.ts";
import { whyUntrusted } from "../fencing/trusted-path.ts";
import { readRegularFileSync } from "../files/regular-file.ts";
import { sshArguments } from "../ssh/command-line.ts";
import { explainFailure } from "../ssh/fault.ts";
import { judgeEnd } from "../ssh/judge-end.ts";
import { runSsh } from "../ssh/run-ssh.ts";
import type { KnownHost, SshTarget } from "../ssh/target.ts";
import { explain } from "./cures.ts";
import { ensureLoginKey, type KeygenContext, whyUnusable } from "./login-key.ts";
import { type Answer, isUuid, type Place, type Question } from "./place.ts";
import { parseAnswer, type RemoteCall, remoteCommand } from "./remote-script.ts";

export interface SshContext extends KeygenContext {
  /** Paths: the login key, and the known_hosts file of ours. */
  readonly key: string;
  readonly hosts: string;
}

const CALL_MS = 10_000;
const MOST_PINS_BYTES = 100_000;
const LONGEST_WORDS = 300;
/** Where a call has no name or no host. */
const NONE = "none";

/**
 * A folder on any machine with sshd and a POSIX shell. One call is one connection: there is nothing to keep alive, and nothing that
 * could be half open when it matters. Only a machine whose key was pinned by `prepare` is asked.
 */
export function createSshPlace(at: SshPlace, context: SshContext, callMs = CALL_MS): Place & TieBreakerSetUp {
  const label = labelOf(at);
  const call = async (call: Omit<RemoteCall, "call" | "directory">, signal: AbortSignal): Promise<Answer> => {
    const failed = (why: string): Answer => ({ kind: "failed", why: `${label}: ${why}` });
    const unusable = whyUnusable(context.key);
    if (unusable !== null) return failed(unusable);
    const host = knownHostOf(at, context.hosts);
    if ("why" in host) return failed(host.why);
    if (!host.pinned && call.verb !== "prepare")
      return failed("its host key is not pinned on this host; set the tie-breaker here first");
    return await connect({ ...call, directory: at.directory }, host, signal);
  };
  const connect = async (
    rest: Omit<RemoteCall, "call">,
    host: KnownHost,
    signal: AbortSignal,
  ): Promise<Answer> => {
    const number = randomBytes(8).toString("hex");
    const target = targetOf(at, context.key);
    const end = await runSsh({
      clock: context.clock,
      args: sshArguments(target, host, remoteCommand({ ...rest, call: number }), {}),
      env: { ...context.environment, LC_ALL: "C" },
      timeoutMs: callMs,
      signal,
      dialogue: null,
    });
    const answer = parseAnswer(end.output, number);
    if (answer?.kind === "free") return answer;
    if (answer?.kind === "held" && isUuid(answer.holder)) return answer;
    if (answer !== null) {
      const [step, words] = answer.kind === "failed" ? [answer.step, answer.words] : ["odd", rest.name];
      return { kind: "failed", why: explain(label, step, plain(words)) };
    }
    const fault = judgeEnd(end, callMs, signal, () => explainFailure(end.errors, target, context.hosts));
    const why = fault === null ? whyNoShell(end.exitCode, end.errors) : fault.why;
    const cure = fault?.refused === true ? `; add ${context.key}.pub to its authorized_keys` : "";
    return { kind: "failed", why: `${label}: ${plain(why)}${cure}` };
  };
  return {
    ask: (question, signal) => call(callOf(question), signal),
    check: async () => null,
    publicKey: (signal) => ensureLoginKey(context.key, context, signal),
    async prepare(signal) {
      const answer = await call({ verb: "prepare", name: NONE, host: NONE }, signal);
      if (answer.kind === "failed") return answer.why;
      const host = knownHostOf(at, context.hosts);
      if ("why" in host) return `${label}: ${host.why}`;
      return host.pinned
        ? null
        : `${label}: its host key cannot be kept in ${context.hosts}: make room, or look who may write there`;
    },
  };
}

function labelOf({ user, address, port, directory }: SshPlace): string {
  const host = address.includes(":") ? `[${address}]` : address;
  return `${user}@${host}${port === 22 ? "" : `:${port}`}:${directory}`;
}

function callOf(question: Question): Pick<RemoteCall, "verb" | "name" | "host"> {
  return { host: NONE, ...question };
}

function targetOf({ user, address, port }: SshPlace, path: string): SshTarget {
  return { user, address, port, login: { kind: "key", path }, legacy: false };
}

/** A file that others may write, or cannot be read, pins nobody. */
function knownHostOf({ address, port }: SshPlace, path: string): KnownHost | { readonly why: string } {
  const name = `[${address.toLowerCase()}]:${port}`;
  const read = readRegularFileSync(path, { maxBytes: MOST_PINS_BYTES });
  if (read.kind === "none") return { path, name, pinned: false };
  if (read.kind !== "text") return { why: `${path} cannot be used: ${read.why}` };
  const untrusted = whyUntrusted(path);
  if (untrusted !== null) return { why: untrusted };
  return { path, name, pinned: read.text.split("\n").some((line) => line.startsWith(`${name} `)) };
}

function whyNoShell(exitCode: number | null, errors: string): string {
  const last = errors.trim().split("\n").at(-1) ?? "";
  const said = last === "" ? "" : `: ${last}`;
  return `there was no answer (exit status ${exitCode}${said}); the user needs a POSIX shell there`;
}

function plain(text: string): string {
  return shorten(oneLine(text), LONGEST_WORDS);
}
