/** A slot of Xen's watchdog that this program has armed: the machine is reset when it fires. */
export interface WatchdogSlot {
  /** Names it as long as it is armed, also for a monitor that starts again. */
  readonly id: string;
  /**
   * When it was armed, by the uptime, in milliseconds: not earlier than it really was, so what was sent later was sent while it was armed.
   * Of one that an earlier process has armed: when it was first found.
   */
  readonly armedMs: number;
  /** So long after it was armed it fires at the latest. */
  readonly timeoutMs: number;
}

/** What came of an attempt to arm a slot. */
export type Armed =
  | { readonly kind: "armed"; readonly slot: WatchdogSlot }
  /**
   * Nothing is known to be armed, and why, for people, with the cure. What was begun and not seen to its end is in `armed` as soon as it
   * is armed.
   */
  | { readonly kind: "refused"; readonly why: string };

/**
 * Xen's domain watchdog of this host, which resets the machine when a slot is not disarmed in time, Dom0 hung or not. There are two
 * slots, and they have no owner (core/group/README.md, "The lease").
 */
export interface WatchdogSlots {
  /**
   * Slots that this program has armed on this host, an earlier process of it too, the oldest one first; unknown: that cannot be told,
   * one is being armed or disarmed, say. One that can be disarmed no more, because somebody has killed its process, is not among them.
   * Never rejects.
   */
  armed(signal: AbortSignal): Promise<readonly WatchdogSlot[] | "unknown">;
  /**
   * Arms a free slot, which nothing but `disarm` ends. Resolves when it is armed. `timeoutMs`: whole seconds, 2 s at least. Refused while
   * XAPI's own HA has the watchdog. Never rejects.
   */
  arm(timeoutMs: number, signal: AbortSignal): Promise<Armed>;
  /**
   * Disarms one. Resolves to false when it may still be armed: also while XAPI's own HA has the watchdog, and when it is already known that
   * it can be disarmed no more. Never rejects.
   */
  disarm(slot: Pick<WatchdogSlot, "id">, signal: AbortSignal): Promise<boolean>;
  /** Has XAPI's own HA taken the watchdog on this host? Then no slot may be touched. Never rejects. */
  isTakenByXapi(): Promise<boolean>;
  /** Forgets the own slots without a word to Xen, because XAPI's own HA has taken them: ends their processes. Never rejects. */
  abandon(signal: AbortSignal): Promise<void>;
}
