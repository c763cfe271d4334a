import { type HostUuid, hostUuid, type VmUuid } from "./ids.ts";

/**
 * By whom a VM was stopped: a client of XAPI that asked the guest or pulled the plug, or one of which only that is known; its own
 * guest; or its host, which an administrator has shut down or rebooted.
 */
export type Stopper = "client-clean" | "client-hard" | "client" | "guest" | "host";

/** A VM that was stopped, as it is kept with the VM. */
export interface Stop {
  readonly who: Stopper;
  /** Wall time by the master's clock, in whole seconds; null: not known. */
  readonly atMs: number | null;
  /** On which it ran until then, as long as that may have been the reason; null: not known, or of no interest any more. */
  readonly host: HostUuid | null;
}

/** `VM.other_config`: by whom the VM was stopped. It names the VM's uuid, so that the key of a clone, a copy or an import counts for nothing. */
export const STOP_KEY = "ha-lizard-stopped";

/** What XAPI's messages say of a VM: they stay on the master that wrote them, so another master has others. */
export interface StopMessages {
  /** Its last start by a client of XAPI, this program among them, as in `Stop.atMs`; null: no message of one. */
  readonly startedAtMs: number | null;
  /** Its last stop by a client. */
  readonly stoppedAtMs: number | null;
  /** The plug was pulled. */
  readonly isForced: boolean;
}

const STOPPERS: ReadonlySet<string> = new Set<Stopper>([
  "client-clean",
  "client-hard",
  "client",
  "guest",
  "host",
]);
const UNKNOWN = "-";
const SECONDS = /^\d{1,12}$/;

/** The value of STOP_KEY. */
export function renderStop(vm: VmUuid, { who, atMs, host }: Stop): string {
  const at = atMs === null ? UNKNOWN : Math.floor(atMs / 1_000);
  return [vm, who, at, host ?? UNKNOWN].join(" ");
}

/** Who stopped this very VM, by its keys; null: no such key, that of another VM, or one that this program has not written. */
export function stopOf(vm: VmUuid, otherConfig: Readonly<Record<string, string>>): Stop | null {
  const [named, who = "", at = "", host = "", ...rest] = (otherConfig[STOP_KEY] ?? "").split(" ");
  const isWhole = named === vm && STOPPERS.has(who) && (at === UNKNOWN || SECONDS.test(at)) && host !== "";
  if (!isWhole || rest.length > 0) return null;
  return {
    who: who as Stopper,
    atMs: at === UNKNOWN ? null : Number(at) * 1_000,
    host: host === UNKNOWN ? null : hostUuid(host),
  };
}
