import { createTransport } from "nodemailer";
import { z } from "zod/mini";

const JOB = z.object({
  server: z.object({ host: z.string(), port: z.number(), user: z.string(), password: z.string() }),
  from: z.string(),
  to: z.array(z.string()),
  subject: z.string(),
  text: z.string(),
});

/** How long the server may take to be found and to greet, and to be silent afterwards. */
const LIMITS = { connectMs: 10_000, silenceMs: 20_000 };
const IMPLICIT_TLS_PORT = 465;

/**
 * Sends one mail, described by the JSON text of a MailJob. TLS from the start on port 465, else STARTTLS when offered.
 * The server's certificate is not checked: the mail server of a pool is often a self-signed one next door, and an alert
 * that does not arrive is worse than one that was read.
 */
export async function sendMail(text: string, limits = LIMITS): Promise<void> {
  const job = z.parse(JOB, JSON.parse(text));
  const { host, port, user, password } = job.server;
  const transport = createTransport({
    host,
    port,
    secure: port === IMPLICIT_TLS_PORT,
    ...(user === "" ? {} : { auth: { user, pass: password } }),
    tls: { rejectUnauthorized: false },
    connectionTimeout: limits.connectMs,
    greetingTimeout: limits.connectMs,
    dnsTimeout: limits.connectMs,
    socketTimeout: limits.silenceMs,
  });
  try {
    await transport.sendMail({ from: job.from, to: [...job.to], subject: job.subject, text: job.text });
  } finally {
    transport.close();
  }
}
