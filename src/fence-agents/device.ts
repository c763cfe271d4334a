/**
 * What a power device says; anything that is neither on nor off is unknown, and unknown is never a success.
 *
 * `final`: asking again within this attempt changes nothing, or does harm. A password that was refused counts towards
 * the locking of the account, so it is never tried twice.
 */
export type PowerReading =
  | { readonly kind: "on" }
  | { readonly kind: "off" }
  /** It answered, and the host is on its way or paused: a command may be given, but this confirms nothing. */
  | { readonly kind: "between"; readonly why: string }
  | { readonly kind: "unknown"; readonly why: string; readonly final?: boolean };

/** `final` as of a reading: without it a refusal may be a device that is busy, and the order is given again. */
export type SwitchAnswer =
  | { readonly kind: "accepted" }
  | { readonly kind: "refused"; readonly why: string; readonly final?: boolean };

/**
 * Something that can cut a host's power: a BMC, an outer hypervisor. One call is one connection, so that trying again
 * is a new connection (fence-agents/README.md, "The rules that all of them keep"). Never rejects; `signal` ends a call
 * at once.
 */
export interface PowerDevice {
  /** For people: `iLO 192.0.2.7`. */
  readonly name: string;
  /** What the device needs after a command before its answers mean anything, in milliseconds. */
  readonly settleMs: number;
  read(signal: AbortSignal): Promise<PowerReading>;
  /** Asks for it; that it has happened is for `read` to say. */
  switchPower(to: "on" | "off", signal: AbortSignal): Promise<SwitchAnswer>;
}
