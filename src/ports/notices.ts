import type { Alert, FunctionName, Severity } from "../core/alert-policy.ts";

/** Syslog. Never throws: a full disk or a missing /dev/log must not change what is done. */
export interface Logger {
  log(severity: Severity | "debug", from: FunctionName, text: string): void;
}

/** Where mail goes, by the parameters' names. */
export interface MailSettings {
  readonly SMTP_SERVER: string;
  readonly SMTP_PORT: number;
  readonly SMTP_USER: string;
  readonly SMTP_PASS: string;
  readonly MAIL_FROM: string;
  readonly MAIL_TO: readonly string[];
  readonly MAIL_SUBJECT: string;
}

/** Mail. Handing over is quick; sending happens elsewhere, with its own deadline. */
export interface Mailer {
  send(alert: Alert, pool: string, settings: MailSettings): Promise<void>;
}
