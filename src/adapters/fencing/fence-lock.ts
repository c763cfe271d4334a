import { readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import type { Clock } from "../../ports/clock.ts";

/** The wrapper's own exit code for "another attempt on this host is under way". */
export const BUSY = 75;

/** The file descriptor that holds the lock, in the agent and in everything it starts. */
const LOCK_FD = 9;

/**
 * Shell text: `<lock file> <end of the attempt, ms since boot> <agent> <arguments…>`, run under the lock.
 *
 * The agent and whatever it starts hold the lock while they live: also an agent whose iteration was killed, so there is
 * one attempt per host at a time whatever happens to us. flock itself says 1 for "locked"; any other status is a machine
 * without flock, which must not look like an attempt that never ends. On a full disk the end is not noted; a host can be
 * fenced all the same.
 */
export const UNDER_LOCK = `exec ${LOCK_FD}>>"$1" || exit 1
flock -n ${LOCK_FD}
case $? in 0) ;; 1) exit ${BUSY} ;; *) echo "cannot lock $1: flock failed"; exit 1 ;; esac
echo "$2" >"$1"
shift 2
exec "$@"`;

/** An agent that is still there so long after its end has nobody left who would end it. */
const OVERDUE_MS = 5_000;
const LOOKS = 50;
const BETWEEN_LOOKS_MS = 20;

/**
 * Is the attempt that holds the lock past its end? Then the iteration that began it was killed. False when the file does
 * not say.
 */
export function isOverdue(lock: string, clock: Clock): boolean {
  try {
    const endMs = Number.parseInt(readFileSync(lock, "utf8"), 10);
    return clock.uptimeMs() > endMs + OVERDUE_MS;
  } catch {
    return false;
  }
}

/**
 * Ends every process that still holds the lock, and waits up to a second until they are gone. An agent may have left
 * its process group: ssh asks for its password only in a session of its own (fence-agents/README.md, "A password for
 * ssh"). One that hangs there would otherwise hold the lock, and the host could not be fenced again.
 */
export async function freeLock(lock: string, clock: Clock): Promise<void> {
  for (let look = 0; look < LOOKS; look++) {
    const holders = holdersOf(lock);
    if (holders.length === 0) return;
    for (const pid of holders) kill(pid);
    await clock.sleep(BETWEEN_LOOKS_MS);
  }
}

function holdersOf(lock: string): readonly number[] {
  try {
    const path = realpathSync(lock);
    const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
    return pids.filter((pid) => pid !== process.pid && linkOf(`/proc/${pid}/fd/${LOCK_FD}`) === path);
  } catch {
    return [];
  }
}

function linkOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}
