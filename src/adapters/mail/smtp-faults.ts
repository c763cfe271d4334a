import type { MailJob } from "../../core/alerts/mail/compose-mail.ts";
import type { Way } from "./smtp-ways.ts";

/** How a connection ended without a mail. */
export interface Failure {
  readonly error: unknown;
  /** It had asked for STARTTLS, and TLS did not stand yet. */
  readonly isUpgrading: boolean;
}

export interface Explanation {
  /** What happened. */
  readonly cause: string;
  /** What did not happen because of it; empty where that goes without saying. */
  readonly effect: string;
  /** The same may work later. */
  readonly passing: boolean;
  /** What an administrator can do, where that is not the address, the names or the password. */
  readonly cure: string | null;
}

interface SmtpError {
  readonly message: string;
  readonly code: string;
  /** The system's or TLS's own code, behind nodemailer's. */
  readonly cause: string;
  readonly responseCode: number | null;
}

function read(error: unknown): SmtpError {
  const { message, code, originalCode, responseCode } = error as Readonly<Record<string, unknown>>;
  return {
    message: typeof message === "string" ? message : String(error),
    code: typeof code === "string" ? code : "",
    cause: typeof originalCode === "string" ? originalCode : "",
    responseCode: typeof responseCode === "number" ? responseCode : null,
  };
}

/** Is it TLS that is broken or missing, and not the server or the way to it? */
export function isTlsTrouble({ error, isUpgrading }: Failure): boolean {
  const { code, cause, message } = read(error);
  if (isUpgrading || code === "ETLS" || isCertificate(cause) || /SSL|TLS/.test(cause)) return true;
  return message.includes("does not support required STARTTLS");
}

/** The codes of a certificate that is not believed, as OpenSSL and Node have them. */
function isCertificate(cause: string): boolean {
  return /CERT|ALTNAME|UNABLE_TO_(GET|VERIFY)|SELF_SIGNED|ISSUER|INVALID_(CA|PURPOSE)|HOSTNAME/.test(cause);
}

/** What a failure means, and what to do about it. */
export function explainFailure(failure: Failure, server: MailJob["server"], way: Way): Explanation {
  const said = read(failure.error);
  if (!isTlsTrouble(failure))
    return { cause: said.message, effect: "", passing: isPassing(said), cure: null };
  const hasPassword = server.user !== "";
  const effect = `so the ${hasPassword ? "password" : "mail"} is not sent`;
  const where = `${server.host}:${server.port}`;
  if (isCertificate(said.cause)) {
    return {
      cause: `the certificate of ${where} does not prove that it is this server (${said.message})`,
      effect,
      passing: false,
      cure:
        "Give the server in SMTP_SERVER the name in its certificate, or let this host believe who signed it. " +
        "To send to whoever answers there: ha-cfg set SMTP_TLS unverified.",
    };
  }
  const inTheClear = `${hasPassword ? "password and mail" : "the mail"} in the clear: ha-cfg set SMTP_TLS off`;
  if (said.responseCode !== null) {
    return {
      cause: `${where} does not encrypt (${said.message})`,
      effect,
      passing: said.responseCode < 500,
      cure: `Use a server or a port with TLS. To send ${inTheClear}.`,
    };
  }
  const old = way.oldToo ? "" : "To take old TLS and any certificate: ha-cfg set SMTP_TLS unverified. ";
  return {
    cause: `TLS with ${where} failed (${said.message})`,
    effect,
    passing: true,
    cure: `Use another server or port. ${old}To send ${inTheClear}.`,
  };
}

/** Not what the server refuses for good (5xx), nor a wrong password. */
function isPassing({ code, responseCode }: SmtpError): boolean {
  if (responseCode !== null) return responseCode < 500;
  return code !== "EAUTH" && code !== "EENVELOPE";
}
