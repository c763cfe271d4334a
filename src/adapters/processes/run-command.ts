import type { Clock } from "../../ports/clock.ts";

export interface CommandResult {
  /** null: it could not be started, or ended by a signal. */
  readonly exitCode: number | null;
  /** The signal that ended it: `SIGABRT`; null when none did. */
  readonly signal: string | null;
  /** Standard output, with `stderrToo` both, in no order. */
  readonly output: string;
  /** False when more was said than is kept, or a process it left behind holds the output open. */
  readonly complete: boolean;
  /** It was killed: its time was over, or the caller's. */
  readonly late: boolean;
}

export interface CommandOptions {
  readonly timeoutMs: number;
  readonly env: Record<string, string>;
  readonly signal: AbortSignal;
  readonly stdin?: string;
  readonly stderrToo?: boolean;
  /** For a program that leaves daemons behind: they must not keep, and later lose, an output that is ours. */
  readonly stdout?: "ignore";
  /** For what starts daemons: they would inherit the pipe, and be hit when it closes. */
  readonly noOutput?: boolean;
  /** An open file of ours that it gets as its number 3. */
  readonly inherits?: number;
  /** The name that it is called by, in the place of its path. A script is called by its path all the same. */
  readonly argv0?: string;
}

/** How a child ended. `late`: its time, or the caller's, was over before it had. */
export interface ChildEnd {
  /** null: ended by a signal, or not even by that. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly late: boolean;
}

const NOT_STARTED: CommandResult = {
  exitCode: null,
  signal: null,
  output: "",
  complete: true,
  late: false,
};
const LONGEST_OUTPUT = 1_000_000;
/** What a program wrote before it ended is in the pipe by then. */
const HELD_OPEN_MS = 250;
/** A process that waits for a disk that is gone does not end by SIGKILL either: it is waited for no longer than this. */
const KILLED_MS = 1_000;

/**
 * Runs a program of Dom0 to its end, at most `timeoutMs`, then kills its process group. What it leaves behind when it
 * ends by itself stays: a toolstack restart leaves daemons. Arguments are visible in `ps`: no secrets. Never rejects.
 */
export async function runCommand(
  clock: Clock,
  command: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  if (options.signal.aborted) return { ...NOT_STARTED, late: true };
  const child = start(command, options);
  if (child === null) return NOT_STARTED;
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== undefined);
  const texts = streams.map((stream) => readText(stream, LONGEST_OUTPUT));
  const end = await endOf(clock, child, options.timeoutMs, options.signal, () => {
    killGroup(child.pid, "SIGKILL");
  });
  const complete = await Promise.all(texts.map((text) => text.finish(clock, HELD_OPEN_MS)));
  return {
    exitCode: end.exitCode,
    signal: end.signal,
    output: texts.map((text) => text.text()).join(""),
    complete: complete.every((one) => one),
    late: end.late,
  };
}

function start(
  command: readonly string[],
  options: CommandOptions,
): Bun.Subprocess<Uint8Array | "ignore", "pipe" | "ignore", "pipe" | "ignore"> | null {
  try {
    return Bun.spawn([...command], {
      cwd: "/",
      env: options.env,
      detached: true,
      ...(options.argv0 === undefined ? {} : { argv0: options.argv0 }),
      stdio: [
        options.stdin === undefined ? "ignore" : new TextEncoder().encode(options.stdin),
        options.noOutput === true ? "ignore" : "pipe",
        options.stderrToo === true ? "pipe" : "ignore",
        ...(options.inherits === undefined ? [] : [options.inherits]),
      ],
    });
  } catch {
    return null;
  }
}

/**
 * Waits for a child; `onLate` ends it when `timeoutMs` or `signal` are over, and is told when it has ended. A child that
 * does not end even then is left behind.
 */
export async function endOf(
  clock: Clock,
  child: Bun.Subprocess,
  timeoutMs: number,
  signal: AbortSignal,
  onLate: (ended: AbortSignal) => unknown,
): Promise<ChildEnd> {
  const ended = new AbortController();
  let late = false;
  const timer = clock.sleep(timeoutMs, AbortSignal.any([signal, ended.signal])).then(async () => {
    if (ended.signal.aborted) return;
    late = true;
    await onLate(ended.signal);
    await clock.sleep(KILLED_MS, ended.signal);
  });
  await Promise.race([child.exited, timer]);
  ended.abort();
  await timer;
  // One that cannot be ended must not keep this program alive.
  child.unref();
  const signalled = child.signalCode === null ? null : String(child.signalCode);
  return { exitCode: signalled === null ? child.exitCode : null, signal: signalled, late };
}

/** A stream that is being read; a process left behind may hold it open for ever. */
export interface Reading {
  /** Waits for the end, at most `ms`, then stops reading. True when all of it was read. Never rejects. */
  finish(clock: Clock, ms: number): Promise<boolean>;
}

/** Reads a stream in parts for as long as `onChunk` answers true. */
export function readChunks(
  stream: ReadableStream<Uint8Array>,
  onChunk: (chunk: Uint8Array) => unknown,
): Reading {
  const reader = stream.getReader();
  let complete = true;
  const giveUp = () => {
    complete = false;
    reader.cancel().catch(() => undefined);
  };
  const reading = (async () => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (!onChunk(part.value)) giveUp();
      // A child that never stops writing must not keep the deadline's timer from its turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
  })().catch(() => {
    complete = false;
  });
  return {
    async finish(clock, ms) {
      const over = new AbortController();
      const patience = clock.sleep(ms, over.signal).then(() => {
        if (!over.signal.aborted) giveUp();
      });
      await reading;
      over.abort();
      await patience;
      return complete;
    },
  };
}

/** Reads a stream as text, at most `limit` characters. */
function readText(stream: ReadableStream<Uint8Array>, limit: number): Reading & { text(): string } {
  const decoder = new TextDecoder();
  let text = "";
  const reading = readChunks(stream, (chunk) => {
    text += decoder.decode(chunk, { stream: true });
    return text.length <= limit;
  });
  return { ...reading, text: () => text.slice(0, limit) };
}

/** Signals a whole process group; one that is gone already is no fault. */
export function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: nobody is left in it.
  }
}
