import type { HostUuid } from "../../core/model/ids.ts";
import type { XapiResult } from "../../core/model/pool-view.ts";
import type { Clock } from "../../ports/clock.ts";
import type { PoolMarker } from "../../ports/pool-database.ts";

/** XAPI writes for at most a twentieth of the time: 5 ms for a small pool, 49 ms with a thousand VMs, and then once a second. */
const REST = 19;
const LONGEST_REST_MS = 1_000;

/** The way of a pass to the master's disk. */
export interface Storing {
  /**
   * Ends when everything that the master's database said at the call is on its disk. One write at a time, with a rest after
   * each: a hundred VMs that start one after the other are not a hundred whole databases written. Who asks during a write
   * gets the next one, together with all others.
   */
  store(master: HostUuid, signal: AbortSignal): Promise<XapiResult<void>>;
}

export function createStoring(xapi: Pick<PoolMarker, "storeDatabase">, clock: Clock): Storing {
  let last: Promise<unknown> = Promise.resolve();
  let next: Promise<XapiResult<void>> | null = null;
  let restedAtMs = Number.NEGATIVE_INFINITY;

  async function write(master: HostUuid, signal: AbortSignal): Promise<XapiResult<void>> {
    await last;
    await clock.sleep(Math.max(0, restedAtMs - clock.uptimeMs()), signal);
    // From here on a change may come too late for this write.
    next = null;
    const beganMs = clock.uptimeMs();
    const stored = await xapi.storeDatabase(master, signal);
    const tookMs = clock.uptimeMs() - beganMs;
    restedAtMs = beganMs + tookMs + Math.min(REST * tookMs, LONGEST_REST_MS);
    return stored;
  }

  return {
    store(master, signal) {
      if (next !== null) return next;
      const writing = write(master, signal);
      next = writing;
      last = writing.catch(() => undefined);
      return writing;
    },
  };
}
