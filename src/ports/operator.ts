/** Who runs this command, and where: what a line about a change says. */
export interface Operator {
  /** `root`; `alice as root` when somebody else has logged in. */
  readonly user: string;
  /** `pts/3`; null without a terminal, as for a job of cron. */
  readonly terminal: string | null;
}
