/**
 * Small JSON documents of this host that survive kill -9, and most of them power cuts: each is the old or the new one, never
 * torn. What need not outlive a boot is kept where a full or hanging disk is not in its way.
 */
export interface StateStore {
  /**
   * The document. `none` when there never was one; `damaged` when it is not what was written: the caller begins afresh,
   * and the damaged file is kept beside it for the engineer; `unreadable` when the disk would not say: it may be whole,
   * so nothing may be written over it. Never rejects.
   */
  load(name: StateName): Promise<LoadedState>;
  /**
   * Temporary file, fsync, rename; without fsync what is of this boot alone. Rejects when the place refuses; then no older
   * document of this boot is left there. `isWaitedFor`: a slow disk is waited for, whatever it has cost before.
   */
  save(name: StateName, value: unknown, isWaitedFor?: boolean): Promise<void>;
}

export type LoadedState =
  | { readonly kind: "found"; readonly value: unknown }
  | { readonly kind: "none" }
  | { readonly kind: "damaged"; readonly why: string }
  | { readonly kind: "unreadable"; readonly why: string };

/**
 * memory: what the core remembers · recent-memory: the same, for later passes of this boot · pass: heartbeat and next pass ·
 * last-word: what the monitor had to say before the watchdog reset this host, and in which boot ·
 * vm-index: which reference is which VM ·
 * confirmed-off: which hosts an administrator has confirmed to be off, by ha-cfg ·
 * fencing-resumed: when an administrator has said last, by ha-cfg, that fencing may go on: `{ "atMs": <uptime of this host> }` ·
 * lease-end: when the service script has asked last that the lease of this host ends: `{ "atMs": <uptime of this host> }`, null: it goes on ·
 * disarm-count: since when the monitor has counted the time for which HA rests, by which roll ·
 * armed: the words of administrators that end a rest of HA, given on this host by ha-cfg without the pool database ·
 * failover-tasks: which tasks of XAPI show the failover of which host, and what was said of each last ·
 * off-hosts: which hosts this one knows to be off, and whether it fences, for its monitor · alarms: what monitor and watchdog have told.
 */
export type StateName = "memory" | "alarms" | "last-word" | NameOfThisBoot;
export type NameOfThisBoot = (typeof OF_THIS_BOOT)[number];

/** What says nothing after a reboot. */
export const OF_THIS_BOOT = [
  "recent-memory",
  "pass",
  "vm-index",
  "off-hosts",
  "confirmed-off",
  "fencing-resumed",
  "lease-end",
  "disarm-count",
  "armed",
  "failover-tasks",
] as const;

export function isOfThisBoot(name: StateName): name is NameOfThisBoot {
  return (OF_THIS_BOOT as readonly StateName[]).includes(name);
}
