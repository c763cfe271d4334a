import type { Lock } from "../../ports/processes.ts";

/** The kernel takes 107 bytes behind the zero; a longer root is told by its hash. */
const LONGEST_NAME = 100;
/** What nobody refers to any more may be collected, and the lock with it. */
const held: unknown[] = [];

/**
 * A lock that ends with the process however that ends: an abstract unix socket (Bun has no flock). The name carries the
 * root directory, so that two pools on one test machine do not meet.
 */
export function createSocketLock(name: string, root: string): Lock {
  const full = `${name}:${root}`;
  const place = Buffer.byteLength(full) <= LONGEST_NAME ? full : `${name}:${Bun.hash(root).toString(16)}`;
  return {
    async acquire() {
      try {
        const listener = Bun.listen({ unix: `\0${place}`, socket: { data: () => undefined } });
        listener.unref();
        held.push(listener);
        return true;
      } catch {
        return false;
      }
    },
  };
}
