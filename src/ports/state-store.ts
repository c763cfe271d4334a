/** Small JSON documents of this host that survive kill -9 and power cuts: each is the old or the new one, never torn. */
export interface StateStore {
  /**
   * The document. `none` when there never was one; `damaged` when it is not what was written: the caller begins afresh,
   * and the damaged file is kept beside it for the engineer; `unreadable` when the disk would not say: it may be whole,
   * so nothing may be written over it. Never rejects.
   */
  load(name: StateName): Promise<LoadedState>;
  /** Temporary file, fsync, rename; the heartbeat without fsync. Rejects when the disk refuses. */
  save(name: StateName, value: unknown): Promise<void>;
}

export type LoadedState =
  | { readonly kind: "found"; readonly value: unknown }
  | { readonly kind: "none" }
  | { readonly kind: "damaged"; readonly why: string }
  | { readonly kind: "unreadable"; readonly why: string };

/** memory: what the core remembers · pass: heartbeat and next pass · journal: ring of the last passes ·
 * vm-index: which reference is which VM · alarms: what monitor and watchdog have told. */
export type StateName = "memory" | "pass" | "journal" | "vm-index" | "alarms";
