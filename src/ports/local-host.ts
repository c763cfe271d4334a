import type { LocalView } from "../core/model/pool-view.ts";

/** What this host knows of itself: pool.conf, inventory, cookies, domains, own xapi. */
export interface LocalHost {
  /** Never rejects; what cannot be read is `unknown` in the view, and an unreadable inventory is `null`. */
  observe(signal: AbortSignal): Promise<LocalView | null>;
  /** Restarts the toolstack of this host only. Rejects while its xapi is held, which this would start. */
  restartToolstack(signal: AbortSignal): Promise<void>;
  /**
   * Holds the own xapi: ends it, and keeps it from starting, until `releaseXapi`, the end of the service or a boot. It is noted
   * first, so that nothing of this program starts it meanwhile, and found again after kill -9. It ends nothing but xapi: VMs
   * and starts that xenopsd knows of go on. Safe to repeat; the time of the first note stays. Rejects when the note cannot be
   * written (then nothing was done) or when xapi could not be stopped (then it is noted, and may still run).
   */
  holdXapi(signal: AbortSignal): Promise<void>;
  /**
   * Holds the own xapi, as above, and once it has ended makes pool.conf call this host a slave of that address: it will start as one, also
   * after a boot, and a hung one cannot go on as master. With the host's own address it is nobody's. Then the hold has begun anew. Safe
   * to repeat. Rejects like `holdXapi`, and when pool.conf could not be written: then xapi is held, and would start as what it was.
   */
  holdAsSlaveOf(address: string, signal: AbortSignal): Promise<void>;
  /**
   * Lets a held xapi start, and forgets the note once its start is ordered; does not wait for it to answer. Resolves to false,
   * having done nothing, when it is not held. Rejects when the start was refused: then it is still held.
   */
  releaseXapi(signal: AbortSignal): Promise<boolean>;
  /**
   * Restarts the own xapi alone. One that was told to become master or slave ends by itself after ten seconds: this skips them.
   * Resolves when the new process runs, not when it answers. Rejects while xapi is held.
   */
  restartXapi(signal: AbortSignal): Promise<void>;
  /**
   * Nothing passes between this host and that address any more, and what is asked there fails at once instead of after a time-out:
   * `ip route add unreachable`. It is noted first, so that it is found and taken back after kill -9; a boot forgets both. Safe to
   * repeat. Rejects, having done nothing, what is no address of another machine (a name, `0.0.0.0`, a loopback, an own one);
   * rejects when it cannot be noted, set, or was taken back meanwhile (then it may stay noted).
   */
  blockRoute(address: string, signal: AbortSignal): Promise<void>;
  /**
   * Takes back what `blockRoute` has noted, and forgets the note. Resolves to false, having done nothing, when nothing is noted.
   * Rejects when a route could not be taken back (then that one stays noted), and when the note cannot be understood: it is removed
   * then, so that this is told once, and what was blocked stays so until a boot.
   */
  unblockRoutes(signal: AbortSignal): Promise<boolean>;
  /** Restarts the machine at once, without asking anyone (sysrq). Does not come back. */
  rebootNow(): Promise<void>;
}
