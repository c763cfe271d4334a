import type { HostUuid } from "../model/ids.ts";
import type { Stop, StopMessages } from "../model/stop.ts";

/** All that is known of how a halted VM came to be so. */
export interface StopSigns {
  /** Its own key, which names its uuid; null: none. */
  readonly kept: Stop | null;
  /** What the messages on this master say; unknown: they were not read yet; unreadable: not for so long that nobody waits for them. */
  readonly messages: StopMessages | "unknown" | "unreadable";
  /**
   * `ha_always_run` of a VM whose `ha_restart_priority` is "restart": false when a client has stopped it, true since a client has
   * started it. Of every other VM it says nothing.
   */
  readonly alwaysRun: boolean | "unknown";
  /** On which it was seen running last, in the time of this master; null: nobody saw it. */
  readonly ranOn: HostUuid | null;
  /**
   * Did the host go down soon after this stop: was the stop that of its own Dom0? "no" for good: it was there for long enough since, or has
   * crashed with other VMs on it; "not yet": it is there still.
   */
  readonly wentDown: (stop: Stop) => WentDown;
  /** That host had failed, or XAPI was told that it is dead, while the VM was on it. */
  readonly isHostLost: boolean;
  /** That host has booted since the VM was seen there: whatever ran there ended with the boot before. */
  readonly hasHostBooted: boolean;
  /** Wall time of this round. */
  readonly wallMs: number;
}

export type WentDown = "yes" | "no" | "not yet";

export interface StopWishes {
  readonly RESTART_STOPPED: boolean;
  readonly RESTART_ON_GUEST_SHUTDOWN: boolean;
}

/** Why a halted VM is down, as far as that can be known. */
export type StopCause =
  | { readonly kind: "stopped"; readonly stop: Stop }
  | { readonly kind: "host-lost" }
  /** Its guest, a crash, or a lost domain: XAPI shows the same of all three. */
  | { readonly kind: "by-itself" }
  /** No client, and more is not known: by itself, or with a host that was lost under an earlier master. */
  | { readonly kind: "no-client" }
  /** Its signs say nothing, or contradict each other: it is started, and that is said. */
  | { readonly kind: "doubt"; readonly why: string }
  /** Its messages could not be read yet. */
  | { readonly kind: "not-read" };

export interface StopVerdict {
  readonly cause: StopCause;
  /** May HA start it? */
  readonly starts: boolean;
  /** To be kept with the VM, because no later master sees it by itself; null: nothing new. */
  readonly toKeep: Stop | null;
}

const NOBODY_SAW =
  "nothing says who stopped it: no key of its own, and no message of XAPI on this master; it is started";
const UNREADABLE = "XAPI's messages, which would say who stopped it, cannot be read; it is started";
const CONTRADICTION =
  "a client has stopped it by XAPI's messages, and is to keep running by its ha_always_run; it is started";

/** The table of "What was meant" (core/README.md): who stopped this VM, and is it started? */
export function judgeStop(signs: StopSigns, wishes: StopWishes): StopVerdict {
  const cause = causeOf(signs);
  if (cause.kind === "not-read") return { cause, starts: wishes.RESTART_STOPPED, toKeep: null };
  if (cause.kind === "by-itself" && !wishes.RESTART_ON_GUEST_SHUTDOWN) {
    const stop: Stop = { who: "guest", atMs: toSecond(signs.wallMs), host: signs.ranOn };
    return leave(stop, signs.kept, wishes);
  }
  if (cause.kind !== "stopped") return { cause, starts: true, toKeep: null };
  const { stop } = cause;
  if (stop.who === "host") return { cause, starts: true, toKeep: news(stop, signs.kept) };
  if (stop.who === "guest" && wishes.RESTART_ON_GUEST_SHUTDOWN) return { cause, starts: true, toKeep: null };
  return leave(stop, signs.kept, wishes);
}

const toSecond = (ms: number): number => Math.floor(ms / 1_000) * 1_000;

function leave(stop: Stop, kept: Stop | null, { RESTART_STOPPED }: StopWishes): StopVerdict {
  const isAnyway = RESTART_STOPPED && stop.who !== "guest";
  return {
    cause: { kind: "stopped", stop },
    starts: isAnyway,
    toKeep: isAnyway ? null : news(stop, kept),
  };
}

function news(stop: Stop, kept: Stop | null): Stop | null {
  const isKept = kept?.who === stop.who && kept.atMs === stop.atMs && kept.host === stop.host;
  return isKept ? null : stop;
}

function causeOf(signs: StopSigns): StopCause {
  const { alwaysRun, ranOn, isHostLost } = signs;
  const messages = readOf(signs);
  const seen = messages === null ? null : seenStop(messages, ranOn);
  if (seen !== null) {
    if (alwaysRun === true) return { kind: "doubt", why: CONTRADICTION };
    return { kind: "stopped", stop: byHost(sameAs(seen, signs.kept), signs) };
  }
  const kept = validKey(signs);
  if (kept !== null) return { kind: "stopped", stop: byHost(kept, signs) };
  if (isHostLost) return { kind: "host-lost" };
  if (signs.messages === "unknown") return { kind: "not-read" };
  if (signs.messages === "unreadable") return { kind: "doubt", why: UNREADABLE };
  if (signs.hasHostBooted) return { kind: "host-lost" };
  if (ranOn !== null) return { kind: "by-itself" };
  if (messages?.startedAtMs != null || alwaysRun === true) return { kind: "no-client" };
  if (alwaysRun === false) return { kind: "stopped", stop: { who: "client", atMs: null, host: null } };
  return { kind: "doubt", why: NOBODY_SAW };
}

function readOf({ messages }: StopSigns): StopMessages | null {
  return typeof messages === "string" ? null : messages;
}

/** Do the messages tell of a client's stop, and of no start since? Within one second the stop counts as the later one: a VM that is down has run before. */
export function isStopped({ startedAtMs, stoppedAtMs }: StopMessages): boolean {
  return stoppedAtMs !== null && (startedAtMs === null || startedAtMs <= stoppedAtMs);
}

/** The client's stop that the messages tell of; null: none, or it was started since. */
function seenStop(messages: StopMessages, host: HostUuid | null): Stop | null {
  if (!isStopped(messages)) return null;
  const { stoppedAtMs, isForced } = messages;
  return { who: isForced ? "client-hard" : "client-clean", atMs: stoppedAtMs, host };
}

/** What was kept of the same stop knows more: its host, and whether that went down. */
function sameAs(seen: Stop, kept: Stop | null): Stop {
  return kept !== null && kept.atMs === seen.atMs ? kept : seen;
}

/** The key, unless the VM was started after it was written, and no pass has seen it running since. A guest's own stop leaves ha_always_run as it is. */
function validKey(signs: StopSigns): Stop | null {
  const { kept, alwaysRun } = signs;
  if (kept === null || (alwaysRun === true && kept.who !== "guest")) return null;
  const startedAtMs = readOf(signs)?.startedAtMs ?? null;
  return startedAtMs !== null && kept.atMs !== null && startedAtMs > kept.atMs ? null : kept;
}

/**
 * Dom0 stops its VMs exactly as a client does; only that it goes down soon after tells. When that is over the host is left out, so that no later
 * master takes its next reboot for the reason.
 */
function byHost(stop: Stop, { wentDown }: StopSigns): Stop {
  if (stop.who === "guest" || stop.who === "host" || stop.host === null) return stop;
  const went = wentDown(stop);
  if (went === "yes") return { ...stop, who: "host" };
  return went === "no" ? { ...stop, host: null } : stop;
}
