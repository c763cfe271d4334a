import { readFileSync, readlinkSync, statSync } from "node:fs";
import { basename } from "node:path";
import { readRegularFileSync } from "../files/regular-file.ts";

/**
 * The process in a pid file, if it is this program running as that daemon: the same executable, called by the daemon's
 * name, of this user. Any other that was given its number, or speaks of it on its command line, is not. null: there is
 * no such process. Throws when the pid file is there and cannot be read, or the process will not tell.
 */
export function findDaemon(pidFile: string, program: string): number | null {
  const read = readRegularFileSync(pidFile, { maxBytes: LONGEST });
  // A number is short.
  if (read.kind === "none" || read.kind === "long") return null;
  if (read.kind !== "text") throw new Error(`Cannot read ${pidFile}: ${read.why}`);
  const text = read.text.trim();
  if (!/^\d{1,10}$/.test(text) || Number(text) <= 1) return null;
  const pid = Number(text);
  return isDaemon(pid, program) ? pid : null;
}

const LONGEST = 64;

function isDaemon(pid: number, program: string): boolean {
  // What everybody may see comes first: a stranger may keep its executable to itself.
  return unlessGone(
    () =>
      statSync(`/proc/${pid}`).uid === process.getuid?.() &&
      isCalled(pid, program) &&
      executableOf(pid) === executableOf("self"),
  );
}

/** The first word of a command line is the name that a program was called by. */
function isCalled(pid: number, program: string): boolean {
  const [called = ""] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  return basename(called).replace(/^-/, "") === program;
}

/** Its file's name: it may be another copy. One that was replaced meanwhile, by an update, is marked by the kernel. */
function executableOf(process: number | "self"): string {
  return basename(readlinkSync(`/proc/${process}/exe`).replace(/ \(deleted\)$/, ""));
}

function unlessGone(look: () => boolean): boolean {
  try {
    return look();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // ESRCH: a process that ended between open and read. A zombie has no executable any more.
    if (code === "ENOENT" || code === "ESRCH") return false;
    throw error;
  }
}
