import type { MonitorSight } from "../core/pace/supervision.ts";

/** The monitor as a service of this host. */
export interface Service {
  /** From pid file, process and the flag that a deliberate stop leaves. Never rejects; unreadable is `running`. */
  state(): Promise<MonitorSight["service"]>;
  /** By the service script, so that everyone finds it as an administrator's start would leave it. */
  restart(signal: AbortSignal): Promise<void>;
}
