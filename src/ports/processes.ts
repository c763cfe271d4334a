/** Child processes, for the monitor and the watchdog. */
export interface Processes {
  /**
   * Starts one iteration as the leader of a process group of its own. `lost`: how many before it, without a break, ended
   * without leaving a report.
   */
  startIteration(lost: number): RunningChild;
}

export interface RunningChild {
  readonly pid: number;
  /** Settles when the child has ended, however it ended. */
  readonly ended: Promise<{
    readonly exitCode: number | null;
    readonly signal: string | null;
  }>;
  /** SIGKILL to the child's whole process group. */
  killGroup(): void;
}

/** Only one monitor per host. */
export interface Lock {
  /** True when this process now holds the lock; it is held until the process ends, however it ends. */
  acquire(): Promise<boolean>;
}
