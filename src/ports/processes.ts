/** Child processes, for the monitor and the watchdog. */
export interface Processes {
  /**
   * Starts one iteration as the leader of a process group of its own. `lost`: how many before it, without a break, ended
   * without leaving a report.
   */
  startIteration(lost: number): RunningChild;
}

/** How a child ended. */
export interface ChildDeath {
  /** null: it was ended by the signal. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The end of what it said on standard error, a few thousand characters at most. */
  readonly lastWords: string;
}

export interface RunningChild {
  readonly pid: number;
  /** Settles when the child has ended, however it ended. */
  readonly ended: Promise<ChildDeath>;
  /** SIGKILL to the child's whole process group. */
  killGroup(): void;
}

/** `taken`: another process has it. `refused`: nobody can have it as things are, and why, with what to do. */
export type Acquired =
  | { readonly kind: "acquired" }
  | { readonly kind: "taken" }
  | { readonly kind: "refused"; readonly why: string };

/** Only one monitor per host. */
export interface Lock {
  /** Once acquired it is held until the process ends, however it ends. Never rejects. */
  acquire(): Promise<Acquired>;
}
