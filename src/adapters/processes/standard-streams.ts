import { readlinkSync } from "node:fs";

/*
 * Standard output and standard error, made when something is written to them: with them come all of the streams and
 * sockets, 15 ms of CPU and a megabyte, which a daemon and the thousands of iterations of a day have no use for.
 */

export function writeOutput(text: string): void {
  guard(process.stdout).write(text);
}

export function writeError(text: string): void {
  guard(process.stderr).write(text);
}

const guarded = new WeakSet<NodeJS.WriteStream>();

/** It may be a pipe that is closed, or a full disk: neither is a reason to crash. */
function guard(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  if (!guarded.has(stream)) {
    guarded.add(stream);
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (stream === process.stdout) tellLost(error);
    });
  }
  return stream;
}

let lost = false;

/** Somebody who has read enough is no fault; a file that has not all of it is one. */
function tellLost({ code, message }: NodeJS.ErrnoException): void {
  if (lost || code === "EPIPE") return;
  lost = true;
  process.exitCode ||= 1;
  writeError(`Cannot write the output: ${code === "ENOSPC" ? "the disk is full" : message}\n`);
}

/** The exit code of a program that ends with this one, when what it wrote to standard output may have been lost. */
export function exitCodeAfterOutput(code: number): number {
  return lost && code === 0 ? 1 : code;
}

/** Is standard error a terminal? */
export function hasTerminal(): boolean {
  try {
    return /^\/dev\/(pts\/|tty|console)/.test(readlinkSync("/proc/self/fd/2"));
  } catch {
    return false;
  }
}
