import type { AlertMail } from "../core/alerts/mail/alert-mail.ts";
import type { MailJob, MailSettings } from "../core/alerts/mail/compose-mail.ts";
import type { FunctionName, Severity } from "../core/model/alert.ts";

/** Where a line comes from: a function of HA-Lizard's manual, or a change that an administrator made by ha-cfg. */
export type LogSource = FunctionName | "ha-cfg";

/** Syslog. Never throws: a full disk or a missing /dev/log must not change what is done. */
export interface Logger {
  /** One record, whatever the text; a long one is cut. */
  log(severity: Severity | "debug", from: LogSource, text: string): void;
  /** From now on only what these parameters want is logged; until then, and where this is missing, everything is. */
  obey?(settings: LogSettings): void;
}

/** ENABLE_LOGGING, and the functions that LOG_<function> switches off. */
export interface LogSettings {
  readonly ENABLE_LOGGING: boolean;
  readonly logOff: ReadonlySet<FunctionName>;
}

/** Mail. Handing over is quick; sending happens elsewhere, with its own deadline. */
export interface Mailer {
  /** Hands one mail over. Rejects when it cannot; that it then cannot be delivered is in the log. */
  send(mail: AlertMail, settings: MailSettings): Promise<void>;
}

/** One recipient that the server did not take; `passing`: it may later (4xx), else never (5xx). */
export interface Refusal {
  readonly address: string;
  /** The server's own words. */
  readonly why: string;
  readonly passing: boolean;
}

/**
 * What became of a mail. `ok`: those in `taken` get it, the `refused` do not; `unencrypted` says why it went in the clear although
 * the server offers encryption. Else nobody does: `passing`, the same mail may be taken later; `cure` is what to do, where
 * that is more than to look at the parameters.
 */
export type MailResult =
  | {
      readonly ok: true;
      readonly taken: readonly string[];
      readonly refused: readonly Refusal[];
      readonly unencrypted: string | null;
    }
  | {
      readonly ok: false;
      readonly why: string;
      readonly passing: boolean;
      readonly refused: readonly Refusal[];
      readonly cure: string | null;
    };

/** The way to the mail server. */
export interface MailTransport {
  /**
   * Sends one mail, within some ten seconds more than the server takes to answer. `dialogue` gets every line that is
   * said, with the password masked. Never rejects; `why` is what the server, or the way to it, said.
   */
  send(job: MailJob, dialogue: ((line: string) => void) | null): Promise<MailResult>;
}
