import { read } from "node:fs";
import { promisify } from "node:util";
import type { Keyboard } from "../../ports/keyboard.ts";
import { writeError } from "./standard-streams.ts";

const readInto = promisify(read);
/** A terminal takes no longer ones. */
const LONGEST_LINE = 4_096;
const LOOK_AGAIN_MS = 50;

export interface KeyboardOptions {
  /** Where lines are read from: 0 is standard input. */
  readonly fd: number;
  readonly isTerminal: boolean;
  /** Shows text to whoever types. */
  show(text: string): void;
  /** Switches what is typed visible or not; false: the terminal would not. */
  setEcho(on: boolean): boolean;
}

/**
 * Reads the input byte by byte, so that nothing behind the line is taken and no stream stays open: a stream of standard
 * input would keep the program alive when it is done.
 */
export function createKeyboard(options: KeyboardOptions): Keyboard {
  return {
    isTerminal: options.isTerminal,
    async readLine(prompt, echo) {
      if (!options.isTerminal) return readLine(options.fd);
      if (!echo) return readUnseen(prompt, options);
      options.show(prompt);
      return readLine(options.fd);
    },
  };
}

/**
 * Nothing is seen from before the question on: who types at once is not quicker. Ctrl-C must not leave a terminal behind
 * that shows nothing.
 */
async function readUnseen(prompt: string, options: KeyboardOptions): Promise<string | null> {
  const interrupted = () => {
    options.setEcho(true);
    options.show("\n");
    process.exit(130);
  };
  process.on("SIGINT", interrupted);
  try {
    if (!options.setEcho(false)) return null;
    options.show(prompt);
    return await readLine(options.fd);
  } finally {
    options.setEcho(true);
    process.off("SIGINT", interrupted);
    options.show("\n");
  }
}

async function readLine(fd: number): Promise<string | null> {
  const bytes: number[] = [];
  const one = new Uint8Array(1);
  while (bytes.length <= LONGEST_LINE) {
    const count = await readByte(fd, one);
    if (count === null || (count === 0 && bytes.length === 0)) return null;
    if (count === 0 || one[0] === 0x0a) return textOf(bytes);
    bytes.push(one[0] ?? 0);
  }
  return null;
}

async function readByte(fd: number, into: Uint8Array): Promise<number | null> {
  for (;;) {
    try {
      return (await readInto(fd, into, 0, 1, null)).bytesRead;
    } catch (error) {
      // A pipe that somebody else made non-blocking, with nothing in it yet.
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") return null;
      await Bun.sleep(LOOK_AGAIN_MS);
    }
  }
}

function textOf(bytes: readonly number[]): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(bytes)).replace(/\r$/, "");
  } catch {
    return null;
  }
}

/** The keyboard of this process. */
export function createSystemKeyboard(): Keyboard {
  return createKeyboard({
    fd: 0,
    isTerminal: process.stdin.isTTY === true && process.stderr.isTTY === true,
    show: writeError,
    setEcho: (on) =>
      Bun.spawnSync(["stty", on ? "echo" : "-echo"], { stdin: "inherit", stdout: "ignore", stderr: "ignore" })
        .exitCode === 0,
  });
}
