import type { PeerProbe } from "../core/model/pool-view.ts";

/**
 * What a probe asks for. Whom it follows is not asked of the master that one follows: a master needs 2 s of PAM for
 * that answer, and counts the question as a failed login. Patiently: a xapi that needs seconds for every call lives.
 */
export type ProbeQuestion = "life" | "life-and-master" | "life-patiently";

/** Is another host of the pool alive, and whom does it follow? (core/README.md, "Is a peer alive?") */
export interface PeerProber {
  /**
   * One probe: XAPI and, unless that answers soon, ICMP; then, if XAPI answered, whom it follows. Never rejects; on
   * abort what was not learnt by then is silent (XAPI) or as ping found it.
   */
  probe(address: string, question: ProbeQuestion, signal: AbortSignal): Promise<PeerProbe>;
}

/** ICMP echo. */
export interface Pinger {
  /** `unknown` when the ping program could not be run or understood; a name that does not resolve is `silent`. */
  ping(address: string, signal: AbortSignal): Promise<"answered" | "silent" | "unknown">;
}
