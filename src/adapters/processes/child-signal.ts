import { readFileSync } from "node:fs";

/** SIGCHLD, 17, in the mask of the signals that a process ignores. */
const IGNORED = /^SigIgn:\s*[0-9a-f]*([0-9a-f])[0-9a-f]{4}$/m;

/**
 * A parent that ignores SIGCHLD hands that down, and then the kernel collects our children before we can ask how they
 * ended, which the runtime takes for a fault. A handler of our own undoes it, here and for our children.
 */
export function heedChildren(): void {
  try {
    const [, digit = "0"] = IGNORED.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
    if ((Number.parseInt(digit, 16) & 1) === 1) process.on("SIGCHLD", () => undefined);
  } catch {
    // Without /proc nothing else works either, and says so.
  }
}
