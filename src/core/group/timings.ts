/** Durations of the group, in milliseconds. They are parameters, so that an exhaustive search can count in its own units. */
export interface GroupTimings {
  /** A mandate ends so long after the leader sent the number that a majority has answered. */
  readonly mandateMs: number;
  /**
   * A vote is kept so long after the newest number of its host came. Longer than a mandate by more than two clocks can
   * differ, since what is answered is promised: when the promise ends, the mandate that rested on it is over.
   */
  readonly promiseMs: number;
  /** A leader or candidate gives up after so long without a mandate. */
  readonly stepDownMs: number;
  /** A host stands when it has heard no leader for so long. */
  readonly silentMs: number;
  /** So much longer for each host that it hears and that goes before it. */
  readonly turnMs: number;
  /** What another host said counts for so long where it says that there is no leader. */
  readonly saidMs: number;
  /** A lease is over after so many times its time, for two clocks may differ by one part in a hundred. */
  readonly leaseDrift: number;
  /** And so much later: for the rest (a slot fires at whole seconds). */
  readonly leaseMarginMs: number;
}

export const GROUP_TIMINGS: GroupTimings = {
  mandateMs: 4_000,
  promiseMs: 5_000,
  stepDownMs: 4_000,
  silentMs: 6_000,
  turnMs: 1_000,
  saidMs: 3_000,
  leaseDrift: 1.01,
  leaseMarginMs: 2_000,
};
