import type { PeerProbe } from "../core/model/pool-view.ts";

/** Patiently: a xapi that needs seconds for every call lives. */
export type ProbeQuestion = "life" | "life-patiently";

/** What one probe finds out. Whom a host follows is not asked of its XAPI: it is heard, or asked of its monitor. */
export type PeerAnswer = Pick<PeerProbe, "icmp" | "xapi">;

/** Is another host of the pool alive? (core/README.md, "Is a peer alive?") */
export interface PeerProber {
  /**
   * One probe: XAPI and, unless that answers soon, ICMP. Never rejects; on abort what was not learnt by then is silent
   * (XAPI) or as ping found it.
   */
  probe(address: string, question: ProbeQuestion, signal: AbortSignal): Promise<PeerAnswer>;
}

/** ICMP echo. */
export interface Pinger {
  /** `unknown` when the ping program could not be run or understood; a name that does not resolve is `silent`. */
  ping(address: string, signal: AbortSignal): Promise<"answered" | "silent" | "unknown">;
}
