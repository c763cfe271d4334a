import type { Stop, Stopper } from "../model/stop.ts";

const WHO: Readonly<Record<Stopper, string>> = {
  "client-clean": "shut down by a client of XAPI",
  "client-hard": "switched off by a client of XAPI",
  client: "stopped by a client of XAPI",
  guest: "shut down by its own guest",
  host: "stopped with its host, which was shut down or rebooted",
};

/** Who stopped it and when, as the end of a sentence: `shut down by a client of XAPI on 2026-11-30 at 12:03 UTC`. */
export function describeStop({ who, atMs }: Stop): string {
  return atMs === null ? `${WHO[who]}, it is not known when` : `${WHO[who]} ${describeTime(atMs)}`;
}

/** To the minute. */
function describeTime(atMs: number): string {
  const text = new Date(atMs).toISOString();
  return `on ${text.slice(0, 10)} at ${text.slice(11, 16)} UTC`;
}

/** How an administrator changes that a VM stays down. */
export function describeRemedy({ who }: Stop, vm: string): string {
  const parameter = who === "guest" ? "HA_RESTART_ON_GUEST_SHUTDOWN" : "HA_RESTART_STOPPED";
  return `start it by hand, or let HA start it: xe vm-param-set uuid=${vm} other-config:${parameter}=1`;
}
