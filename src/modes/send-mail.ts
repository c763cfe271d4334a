import { parseJob } from "../adapters/mail/mail-job.ts";
import { createSmtp } from "../adapters/mail/smtp.ts";
import { DELIVERY_MS, deliverMail } from "../app/alerts/deliver-mail.ts";
import type { MailJob } from "../core/alerts/mail/compose-mail.ts";
import { untilCrash } from "./crash.ts";
import { createRuntime, flushLog, type Runtime } from "./runtime.ts";

/** A socket that does not close must not keep the process. */
const LINGER_MS = 1_000;

/** `send-mail`: one mail from standard input, for the iteration. Its failure delays nothing; it is in the log. */
export function run(): Promise<number> {
  const runtime = createRuntime();
  // Whatever still holds the program after that, it ends.
  setTimeout(() => process.exit(1), DELIVERY_MS).unref();
  return untilCrash("mail", runtime, () => send(runtime));
}

async function send(runtime: Runtime): Promise<number> {
  const job = await readJob();
  if (typeof job === "string") runtime.logger.log("error", "email", `Cannot send a mail: ${job}`);
  else runtime.secrets.learn({ SMTP_PASS: job.server.password });
  const isSent =
    typeof job !== "string" && (await deliverMail(job, { ...runtime, transport: createSmtp(runtime.clock) }));
  await flushLog(runtime);
  setTimeout(() => process.exit(), LINGER_MS).unref();
  return isSent ? 0 : 1;
}

/** The mail from standard input, or why there is none. */
async function readJob(): Promise<MailJob | string> {
  try {
    return parseJob(await Bun.stdin.text());
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
