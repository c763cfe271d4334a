import { createTransport } from "nodemailer";
import type { MailJob } from "../../core/alerts/mail/compose-mail.ts";
import type { Clock } from "../../ports/clock.ts";
import { neverAborts, withDeadline } from "../../ports/deadline.ts";
import type { MailResult, MailTransport } from "../../ports/notices.ts";
import { dialogueLogger } from "./dialogue.ts";

/** How long the server may take to be found and to greet, to be silent afterwards, and for all of it. */
const LIMITS = { connectMs: 10_000, silenceMs: 20_000, totalMs: 60_000 };
const IMPLICIT_TLS_PORT = 465;

/**
 * SMTP: TLS from the start on port 465, else STARTTLS when offered. The server's certificate is not checked: the mail
 * server of a pool is often a self-signed one next door, and an alert that does not arrive is worse than one that was
 * read.
 */
export function createSmtp(clock: Clock, limits = LIMITS): MailTransport {
  const why = `no end within ${limits.totalMs / 1_000} s`;
  return {
    // A server that says a word now and then would go on for ever.
    send: (job, dialogue) =>
      withDeadline<MailResult>(
        clock,
        limits.totalMs,
        neverAborts(),
        () => sendOnce(job, dialogue, limits),
        () => ({ ok: false, why, passing: true }),
      ),
  };
}

async function sendOnce(
  job: MailJob,
  dialogue: ((line: string) => void) | null,
  limits: typeof LIMITS,
): Promise<MailResult> {
  const { host, port, user, password } = job.server;
  const transport = createTransport({
    host,
    port,
    secure: port === IMPLICIT_TLS_PORT,
    ...(user === "" ? {} : { auth: { user, pass: password } }),
    ...(dialogue === null ? {} : { debug: true, logger: dialogueLogger(job.server, dialogue) }),
    tls: { rejectUnauthorized: false },
    connectionTimeout: limits.connectMs,
    greetingTimeout: limits.connectMs,
    dnsTimeout: limits.connectMs,
    socketTimeout: limits.silenceMs,
  });
  try {
    const { from, to, subject, text, html } = job;
    await transport.sendMail({ from, to: [...to], subject, text, html });
    return { ok: true };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ok: false, why, passing: isPassing(error) };
  } finally {
    transport.close();
  }
}

/** Not what the server refuses for good (5xx), nor a wrong password. */
function isPassing(error: unknown): boolean {
  const { responseCode, code } = error as { responseCode?: unknown; code?: unknown };
  if (typeof responseCode === "number") return responseCode < 500;
  return code !== "EAUTH" && code !== "EENVELOPE";
}
