import { readFileSync } from "node:fs";

/**
 * The process in a pid file, if it is a live one whose command line names the program, and not another that was given
 * its number. null: there is no such process. Throws when the pid file is there and cannot be read.
 */
export function findDaemon(pidFile: string, program: string): number | null {
  const pid = Number.parseInt(readIfThere(pidFile) ?? "", 10);
  if (!Number.isInteger(pid) || pid <= 1) return null;
  return readIfThere(`/proc/${pid}/cmdline`)?.includes(program) === true ? pid : null;
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // ESRCH: a process that ended between open and read.
    if (code === "ENOENT" || code === "ESRCH") return null;
    throw error;
  }
}
