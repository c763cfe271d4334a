import { closeSync, constants, fstatSync, ftruncateSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../ports/clock.ts";
import type { Acquired, Lock } from "../../ports/processes.ts";
import { makePrivateFolder } from "../files/ownership.ts";
import { runCommand } from "./run-command.ts";

/** Created when it is not there; never through a link. */
const OPEN = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** `flock`'s own exit code for "somebody else has it". */
const TAKEN = 1;
const FLOCK_MS = 5_000;
/** Where it is on every system, also for who was started with another path. */
const SYSTEM_PATH = "/usr/bin:/bin";

export interface LockOptions {
  /** A folder that is made mode 0700: what others can open, others can lock. */
  readonly folder: string;
  readonly clock: Clock;
  readonly environment: Record<string, string>;
}

/**
 * A lock that ends with the process however that ends: `flock` on an open file that this process keeps (Bun has no flock
 * of its own, so the system's program takes it on a descriptor that it inherits). Only who may enter the folder can take
 * it, or stand in its way.
 */
export function createFileLock(name: string, { folder, clock, environment }: LockOptions): Lock {
  const path = join(folder, `${name}.lock`);
  return {
    async acquire() {
      const unusable = makePrivateFolder(folder);
      if (unusable !== null) return refused(unusable);
      const file = openOurs(path);
      if (typeof file === "string") return refused(file);
      const { exitCode, late } = await runCommand(clock, ["flock", "-xn", "3"], {
        timeoutMs: FLOCK_MS,
        env: { ...environment, PATH: `${environment["PATH"] ?? ""}:${SYSTEM_PATH}` },
        signal: new AbortController().signal,
        noOutput: true,
        inherits: file,
      });
      if (exitCode === 0) {
        noteHolder(file);
        return { kind: "acquired" };
      }
      closeSync(file);
      if (exitCode === TAKEN) return { kind: "taken" };
      const why = late ? "no answer in time" : `exit status ${exitCode ?? "unknown, it cannot be started"}`;
      return refused(`cannot lock ${path}: flock: ${why}`);
    },
  };
}

function refused(why: string): Acquired {
  return { kind: "refused", why };
}

/** A file that somebody else left there when the folder was open to others is not ours: a new one takes its place. */
function openOurs(path: string): number | string {
  try {
    for (let tries = 0; tries < 2; tries++) {
      const file = openSync(path, OPEN, 0o600);
      const { uid, mode } = fstatSync(file);
      if (uid === process.getuid?.() && (mode & 0o077) === 0 && fstatSync(file).isFile()) return file;
      closeSync(file);
      rmSync(path, { force: true });
    }
    return `${path} is no file of ours; remove it`;
  } catch (error) {
    return `cannot open ${path}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** For people who look into the folder; nothing is decided by it. */
function noteHolder(file: number): void {
  try {
    ftruncateSync(file);
    writeSync(file, `${process.pid}\n`, 0);
  } catch {
    // A full disk does not lessen the lock.
  }
}
