import type { Severity } from "../core/model/alert.ts";

/** What a daemon has to tell while no iteration can. */
export interface AlarmCall {
  /** What it is about, so that the same is not told twice within MAIL_SCREEN_TIME. */
  readonly key: string;
  readonly severity: Severity;
  readonly subject: string;
  readonly body: string;
  readonly advice: string;
}

/** Alerts of monitor and watchdog, which themselves know neither parameters nor XAPI. */
export interface Alarm {
  /** Hands it to a process of its own, that mails and posts it. Never throws: the daemon goes on whatever becomes of it. */
  raise(call: AlarmCall): void;
}
