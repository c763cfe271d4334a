/** The two programs of this host that have to run all the time. */
export type DaemonName = "monitor" | "watchdog";

export interface DaemonState {
  /** `unknown`: the pid file could not be read. */
  readonly state: "running" | "dead" | "stopped-on-purpose" | "unknown";
  /** null unless it runs. */
  readonly pid: number | null;
  /** Will it be started when this host boots? `unknown` where there is no list of what is. */
  readonly atBoot: boolean | "unknown";
}

/** The daemons as services of this host, looked at and nothing more. */
export interface Daemons {
  /** From pid file, process, the flag of a deliberate stop and the host's list of services. Never rejects. */
  look(name: DaemonName): Promise<DaemonState>;
}
