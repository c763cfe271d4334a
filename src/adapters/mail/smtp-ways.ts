import tls from "node:tls";
import type { MailJob } from "../../core/alerts/mail/compose-mail.ts";

const IMPLICIT_TLS_PORT = 465;

/** One way to talk to a mail server, in nodemailer's words. */
export interface Way {
  /** TLS from the start. */
  readonly secure: boolean;
  /** STARTTLS or nothing. */
  readonly requireTLS: boolean;
  /** No STARTTLS, even when it is offered. */
  readonly ignoreTLS: boolean;
  /** Only with a certificate that proves whose it is. */
  readonly verified: boolean;
  /** Also with TLS 1.0 and 1.1, which are broken, and better than nothing for who has chosen so. */
  readonly oldToo: boolean;
}

const PLAIN: Way = { secure: false, requireTLS: false, ignoreTLS: true, verified: false, oldToo: false };
const WHEN_OFFERED: Way = { ...PLAIN, ignoreTLS: false };
const STARTTLS: Way = { ...WHEN_OFFERED, requireTLS: true, verified: true };
const FROM_THE_START: Way = { ...WHEN_OFFERED, secure: true, verified: true };

/**
 * What SMTP_TLS means for a server: the way to try, and the one after it when its TLS is broken. A password is only ever
 * sent over TLS to who proves to be the server, unless somebody has chosen otherwise; a mail without one is nothing
 * secret, and an alert that does not arrive is worse than one that was read.
 */
export function waysTo({ port, user, tls: choice }: MailJob["server"]): readonly [Way, Way | null] {
  const byPort = port === IMPLICIT_TLS_PORT ? FROM_THE_START : STARTTLS;
  switch (choice) {
    case "off":
      return [PLAIN, null];
    case "tls":
      return [FROM_THE_START, null];
    case "starttls":
      return [STARTTLS, null];
    case "unverified":
      return [{ ...byPort, verified: false, oldToo: true }, null];
    case "auto":
      if (user !== "") return [byPort, null];
      return byPort.secure ? [{ ...byPort, verified: false }, null] : [WHEN_OFFERED, PLAIN];
  }
}

/** The certificates that are believed: those of the runtime and those of this machine, where a company keeps its own. */
export function trustedCertificates(): readonly string[] {
  return [...tls.rootCertificates, ...tls.getCACertificates("system")];
}
