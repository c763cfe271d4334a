import { closeSync, openSync } from "node:fs";
import type { Clock } from "../../ports/clock.ts";
import { endOf, killGroup, readChunks } from "../processes/run-command.ts";

/** What is typed into a session, as an answer to what is heard. */
export interface Dialogue {
  /** The next piece of the device's output; returns what to type now, if anything. */
  hear(chunk: string): string | null;
  /** The wanted was heard: the session is left to end by itself, for a moment. */
  readonly done: boolean;
}

export interface SshRun {
  readonly clock: Clock;
  readonly args: readonly string[];
  readonly env: Record<string, string>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly dialogue: Dialogue | null;
}

export interface SshEnd {
  /** null: it could not be started, or was ended by a signal. */
  readonly exitCode: number | null;
  readonly output: string;
  readonly errors: string;
  readonly late: boolean;
  /** It was ended because it said more than any answer is long. */
  readonly endless: boolean;
}

type Child = Bun.Subprocess<"pipe" | "ignore", "pipe", "pipe">;

const LONGEST_OUTPUT = 64_000;
const DRAIN_MS = 250;
/** An iLO has few sessions: it is given this long to close one after `exit`. */
const GOODBYE_MS = 2_000;
/** `timeout` comes after our own end of the time: it is for an ssh that nobody is left to end. */
const GUARD_MS = 1_000;

/**
 * Runs ssh once, at most `timeoutMs`. Never rejects.
 *
 * It stays in our process group, so that a kill of the agent's group (fencer-script) meets it too. Only when there is a
 * terminal it gets a session of its own, because it would ask there. It does not hold the fence lock: Bun passes on no
 * other descriptors and ssh closes what it inherits. So when this process alone is killed by SIGKILL, `timeout` is what
 * ends ssh, at the end of the call.
 */
export async function runSsh(run: SshRun): Promise<SshEnd> {
  const { clock, dialogue, signal } = run;
  if (signal.aborted) return { exitCode: null, output: "", errors: "", late: true, endless: false };
  const ownSession = hasTerminal();
  const child = start(run, ownSession);
  if (typeof child === "string")
    return { exitCode: null, output: "", errors: child, late: false, endless: false };
  const over = new AbortController();
  const ended = new AbortController();
  let done = false;
  let endless = false;
  const tooMuch = () => {
    endless = true;
    over.abort();
  };
  const hear = (chunk: string) => {
    const typed = dialogue?.hear(chunk) ?? null;
    if (typed !== null) type(child, typed);
    if (done || dialogue?.done !== true) return;
    done = true;
    void clock.sleep(GOODBYE_MS, ended.signal).then(() => over.abort());
  };
  const output = readText(child.stdout, hear, tooMuch);
  const errors = readText(child.stderr, () => undefined, tooMuch);
  const end = await endOf(clock, child, run.timeoutMs, AbortSignal.any([signal, over.signal]), () => {
    if (ownSession) killGroup(child.pid, "SIGKILL");
    // `timeout` passes it on to ssh; SIGKILL could not be.
    else child.kill("SIGTERM");
  });
  ended.abort();
  await Promise.all([output.finish(clock, DRAIN_MS), errors.finish(clock, DRAIN_MS)]);
  return {
    exitCode: end.exitCode,
    output: output.text(),
    errors: errors.text(),
    late: end.late && !done && !endless,
    endless,
  };
}

/** A string says why it could not be started. */
function start({ args, env, timeoutMs, dialogue }: SshRun, ownSession: boolean): Child | string {
  const guardS = ((timeoutMs + GUARD_MS) / 1_000).toFixed(1);
  try {
    return Bun.spawn(["timeout", "--foreground", "--signal=KILL", guardS, "ssh", ...args], {
      cwd: "/",
      env,
      detached: ownSession,
      stdin: dialogue === null ? "ignore" : "pipe",
      stdout: "pipe",
      stderr: "pipe",
    });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function type(child: Child, text: string): void {
  const { stdin } = child;
  if (typeof stdin !== "object") return;
  try {
    stdin.write(text);
    Promise.resolve(stdin.flush()).catch(() => undefined);
  } catch {
    // It has hung up: what ssh says about it is the answer.
  }
}

function readText(
  stream: ReadableStream<Uint8Array>,
  onText: (chunk: string) => void,
  onTooMuch: () => void,
) {
  const decoder = new TextDecoder();
  let text = "";
  const reading = readChunks(stream, (bytes) => {
    const chunk = decoder.decode(bytes, { stream: true });
    text += chunk;
    onText(chunk);
    if (text.length <= LONGEST_OUTPUT) return true;
    onTooMuch();
    return false;
  });
  return { finish: reading.finish, text: () => text.slice(0, LONGEST_OUTPUT) };
}

function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r+"));
    return true;
  } catch {
    return false;
  }
}
