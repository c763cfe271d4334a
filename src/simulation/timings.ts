/**
 * Every duration of the world in milliseconds; the defaults are what was measured on a real xapi
 * (adapters/xapi/README.md, "Times").
 */
export interface Timings {
  /** An ordinary call to the local xapi; a forwarded one takes twice that. 0: no time at all. */
  readonly callMs: number;
  /** A login with a wrong password over TCP on a master (PAM). */
  readonly pamMs: number;
  /** A connection to an address where nobody is: "No route to host". */
  readonly noRouteMs: number;
  /**
   * A switch: what a question to a dead host costs xapi in its search for other masters and in pool.recover_slaves.
   * Measured: 10 s.
   */
  readonly deadPeerMs: number;
  /**
   * A switch: with a dead member that is still called live pool.sync_database ends with CANNOT_CONTACT_HOST after this
   * long, and with one that is not with HOST_OFFLINE at once. Measured: 10 s, or 60 s and more. 0: it succeeds.
   */
  readonly syncDeadMs: number;
  /** Power-on until xapi is started. */
  readonly bootMs: number;
  /** A xapi that was told to end is started again. */
  readonly xapiRestartMs: number;
  /** Start of a xapi until its sockets answer. */
  readonly xapiAnswersMs: number;
  /** A new master first fails logins with UUID_INVALID for this long. */
  readonly emptyDatabaseMs: number;
  /** A slave's start until its first Pool.hello. */
  readonly helloMs: number;
  /** Pool.hello, or the end of a master's check for other masters, until the host is enabled again. */
  readonly enableMs: number;
  /** Enabled until the VMs are compared with the database, and from there to the init-complete cookie. */
  readonly resyncMs: number;
  readonly cookieMs: number;
  /** A first Pool.hello that found nobody, until emergency mode is entered, and between later ones. */
  readonly emergencyMs: number;
  readonly helloRetryMs: number;
  /** xapi ends this long after it was told to change its role. */
  readonly fuseMs: number;
  /** Before power states are reset, a host that is called live is asked; an answer that never comes costs this. */
  readonly deadHostQuestionMs: number;
  /** declare_dead without a question. */
  readonly declareDeadMs: number;
  /** A start: in the member's xapi, handed to xenopsd and not queued yet, and the whole of it. */
  readonly startInXapiMs: number;
  readonly startHandedMs: number;
  readonly vmStartMs: number;
  /** `VM.start_on` to the host that runs the VM already finds that out. */
  readonly alreadyRunsMs: number;
  readonly vmShutdownMs: number;
  readonly vmCleanShutdownMs: number;
  readonly heartbeatMs: number;
  readonly assumedDeadMs: number;
  /** The master refreshes one slave's copy of the database each. */
  readonly backupMs: number;
  readonly syncDatabaseMs: number;
  /** `host.request_backup`: of the master by itself, of a slave that fetches a copy. */
  readonly storeMs: number;
  readonly fetchCopyMs: number;
  /** A switch: a master writes its database to disk this often. 0: with every change. Measured: 300 s. */
  readonly diskWriteMs: number;
  /**
   * A switch: a slave is connected to a new process of its master not sooner than this after it lost the old one.
   * Measured: 9 s.
   */
  readonly reconnectMs: number;
  /**
   * A switch: the hooks at the end of declare_dead, which release the disks' locks. Measured: seconds on a real SR. 0: the
   * locks are free as soon as the host was told dead, before its declaration begins.
   */
  readonly declareDeadHookMs: number;
  readonly forwardRetryMs: number;
  readonly forwardAttempts: number;
  /** How long an operation waits for another one on the same object. */
  readonly operationWaitMs: number;
  readonly eventBatchMs: number;
  /** ICMP echo round trip; silence is noticed by the asker's own deadline. */
  readonly pingMs: number;
  readonly pingSilentMs: number;
  /** A fence agent's whole run, against a device that works and one that is slow. */
  readonly bmcMs: number;
  readonly bmcSlowMs: number;
  /** Between two starts of a monitor's process. */
  readonly serviceStartMs: number;
}

export const DEFAULT_TIMINGS: Timings = {
  callMs: 1,
  pamMs: 2_200,
  noRouteMs: 3_000,
  deadPeerMs: 3_000,
  syncDeadMs: 0,
  bootMs: 2_000,
  xapiRestartMs: 100,
  xapiAnswersMs: 2_300,
  emptyDatabaseMs: 100,
  helloMs: 7_500,
  enableMs: 1_500,
  resyncMs: 300,
  cookieMs: 300,
  emergencyMs: 30_000,
  helloRetryMs: 5_000,
  fuseMs: 10_000,
  deadHostQuestionMs: 10_000,
  declareDeadMs: 14,
  startInXapiMs: 30,
  startHandedMs: 7,
  vmStartMs: 200,
  alreadyRunsMs: 100,
  vmShutdownMs: 100,
  vmCleanShutdownMs: 5_000,
  heartbeatMs: 30_000,
  assumedDeadMs: 600_000,
  backupMs: 300_000,
  syncDatabaseMs: 80,
  storeMs: 5,
  fetchCopyMs: 70,
  diskWriteMs: 0,
  reconnectMs: 0,
  declareDeadHookMs: 0,
  forwardRetryMs: 10_000,
  forwardAttempts: 10,
  operationWaitMs: 7_200_000,
  eventBatchMs: 50,
  pingMs: 1,
  pingSilentMs: 1_000,
  bmcMs: 3_000,
  bmcSlowMs: 40_000,
  serviceStartMs: 1_000,
};

/**
 * What was measured where the defaults are easier: the switches, all of them on. The defaults are those of the stories
 * that were written before they were known.
 */
export const AS_MEASURED = {
  diskWriteMs: 300_000,
  reconnectMs: 9_000,
  declareDeadHookMs: 4_000,
  deadPeerMs: 10_000,
  syncDeadMs: 10_000,
} satisfies Partial<Timings>;

/** All durations divided by `speed`, counts untouched: end-to-end runs need not wait ten real minutes. */
export function scaleTimings(speed: number, changes: Partial<Timings> = {}): Timings {
  const scaled = Object.entries(DEFAULT_TIMINGS).map(([name, value]) =>
    name.endsWith("Ms") ? [name, value / speed] : [name, value],
  );
  return { ...(Object.fromEntries(scaled) as unknown as Timings), ...changes };
}
