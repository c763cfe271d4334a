import type { Alert } from "../core/alert-policy.ts";
import type { Mailer, MailSettings } from "../ports/notices.ts";

/** What a mail needs to be sent; on the child's standard input, because the password is in it. */
export interface MailJob {
  readonly server: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly password: string;
  };
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}

/** The mail for an alert; `$HOSTNAME` in MAIL_SUBJECT is replaced, nothing else (parameters.md). */
export function composeMail(alert: Alert, pool: string, host: string, settings: MailSettings): MailJob {
  const subject = settings.MAIL_SUBJECT.replaceAll("$HOSTNAME", () => host);
  return {
    server: {
      host: settings.SMTP_SERVER,
      port: settings.SMTP_PORT,
      user: settings.SMTP_USER,
      password: settings.SMTP_PASS,
    },
    from: settings.MAIL_FROM,
    to: settings.MAIL_TO,
    subject: `${subject} ${alert.subject}`.replace(/\p{Cc}+/gu, " "),
    text: `${alert.body}\n\nHost: ${host}\nPool: ${pool}\nFunction: ${alert.from}\nSeverity: ${alert.severity}\n`,
  };
}

/**
 * Hands each mail to a child of its own, which outlives the pass and has its own deadline: a mail server that is slow
 * or down delays nothing.
 */
export function createChildMailer(options: {
  readonly self: readonly string[];
  readonly environment: Record<string, string>;
  readonly host: string;
}): Mailer {
  return {
    async send(alert, pool, settings) {
      const job = composeMail(alert, pool, options.host, settings);
      if (job.to.length === 0) return;
      const child = Bun.spawn([...options.self, "send-mail"], {
        cwd: "/",
        env: options.environment,
        detached: true,
        stdin: new TextEncoder().encode(JSON.stringify(job)),
        stdout: "ignore",
        stderr: "ignore",
      });
      child.unref();
    },
  };
}
