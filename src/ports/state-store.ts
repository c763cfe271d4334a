/** Small JSON documents of this host that survive kill -9 and power cuts: each is the old or the new one, never torn. */
export interface StateStore {
  /**
   * The document; null when there never was one. `damaged` when it cannot be read or parsed: the caller decides, and
   * the damaged file is kept beside it for the engineer.
   */
  load(
    name: StateName,
  ): Promise<{ kind: "found"; value: unknown } | { kind: "none" } | { kind: "damaged"; why: string }>;
  /** Temporary file, fsync, rename. Rejects when the disk refuses. */
  save(name: StateName, value: unknown): Promise<void>;
}

/** memory: what the core remembers · pass: heartbeat and next pass · journal: ring of the last passes ·
 * vm-index: which reference is which VM. */
export type StateName = "memory" | "pass" | "journal" | "vm-index";
