import { createTransport } from "nodemailer";
import { maskSecrets } from "../../config/secrets.ts";
import type { MailJob } from "../../core/alerts/mail/compose-mail.ts";
import { oneLine, shorten } from "../../core/model/plain-text.ts";
import type { Clock } from "../../ports/clock.ts";
import { neverAborts, withDeadline } from "../../ports/deadline.ts";
import type { MailResult, MailTransport, Refusal } from "../../ports/notices.ts";
import { dialogueLogger } from "./dialogue.ts";
import { explainFailure, type Failure, isTlsTrouble } from "./smtp-faults.ts";
import { trustedCertificates, type Way, waysTo } from "./smtp-ways.ts";

/** How long the server may take to be found and to greet, to be silent afterwards, and for all of it. */
const LIMITS = { connectMs: 10_000, silenceMs: 20_000, totalMs: 60_000 };
/** More than any server has to say at once. */
const LONGEST_ANSWER = 65_536;
const LONGEST_SUBJECT = 250;
const LONGEST_WHY = 300;

export interface SmtpOptions {
  readonly limits?: typeof LIMITS;
  /** Certificates (PEM) that are believed; `trustedCertificates` unless a test says otherwise. */
  readonly trusted?: () => readonly string[];
}

type Tell = (line: string) => void;

/** SMTP as SMTP_TLS wants it (`waysTo`). What the server says is passed on without the password, in no form. */
export function createSmtp(clock: Clock, options: SmtpOptions = {}): MailTransport {
  const { limits = LIMITS, trusted = trustedCertificates } = options;
  const why = `no end within ${limits.totalMs / 1_000} s`;
  return {
    // A server that says a word now and then would go on for ever.
    send: (job, dialogue) =>
      withDeadline<MailResult>(
        clock,
        limits.totalMs,
        neverAborts(),
        (signal) => send(job, dialogue, { limits, trusted, signal }),
        () => ({ ok: false, why, passing: true, refused: [], cure: null }),
      ),
  };
}

interface Circumstances {
  readonly limits: typeof LIMITS;
  readonly trusted: () => readonly string[];
  readonly signal: AbortSignal;
}

async function send(job: MailJob, dialogue: Tell | null, circumstances: Circumstances): Promise<MailResult> {
  const [way, plain] = waysTo(job.server);
  const first = await attempt(job, way, dialogue, circumstances);
  if ("info" in first || plain === null || !isTlsTrouble(first)) return resultOf(job, way, first, null);
  const broken = show(explainFailure(first, job.server, way).cause, job);
  return resultOf(job, plain, await attempt(job, plain, dialogue, circumstances), broken);
}

interface Taken {
  /** What nodemailer tells of a mail that at least one recipient gets. */
  readonly info: unknown;
}

/** One connection, one mail. Never rejects. */
async function attempt(
  job: MailJob,
  way: Way,
  dialogue: Tell | null,
  { limits, trusted, signal }: Circumstances,
): Promise<Taken | Failure> {
  const { host, port, user, password } = job.server;
  let isUpgrading = false;
  const logger = dialogueLogger(job.server, dialogue, (stage) => {
    isUpgrading = stage === "upgrading";
  });
  const transport = createTransport({
    host,
    port,
    secure: way.secure,
    requireTLS: way.requireTLS,
    ignoreTLS: way.ignoreTLS,
    ...(user === "" ? {} : { auth: { user, pass: password } }),
    debug: true,
    logger,
    tls: {
      rejectUnauthorized: way.verified,
      ...(way.verified ? { ca: [...trusted()] } : {}),
      ...(way.oldToo ? { minVersion: "TLSv1" as const } : {}),
    },
    connectionTimeout: limits.connectMs,
    greetingTimeout: limits.connectMs,
    dnsTimeout: limits.connectMs,
    socketTimeout: limits.silenceMs,
    maxResponseSize: LONGEST_ANSWER,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    const { from, to, text, html } = job;
    const subject = shorten(oneLine(job.subject), LONGEST_SUBJECT);
    return { info: await transport.sendMail({ from, to: [...to], subject, text, html, signal }) };
  } catch (error) {
    return { error, isUpgrading };
  } finally {
    transport.close();
  }
}

/** `unencrypted`: why the mail went in the clear after all. */
function resultOf(job: MailJob, way: Way, end: Taken | Failure, unencrypted: string | null): MailResult {
  if ("info" in end) {
    const { accepted } = end.info as { accepted?: unknown };
    const taken = Array.isArray(accepted) ? accepted.map((address) => oneLine(String(address))) : job.to;
    return { ok: true, taken, refused: refusalsOf(end.info, job), unencrypted };
  }
  const { cause, effect, passing, cure } = explainFailure(end, job.server, way);
  const why = effect === "" ? show(cause, job) : `${show(cause, job)}, ${effect}`;
  return { ok: false, why, passing, refused: refusalsOf(end.error, job), cure };
}

/** nodemailer has them beside a mail that others got, and in the error when nobody got it. */
function refusalsOf(from: unknown, job: MailJob): readonly Refusal[] {
  const { rejectedErrors } = from as { rejectedErrors?: unknown };
  if (!Array.isArray(rejectedErrors)) return [];
  return rejectedErrors.map((error: { recipient?: unknown; response?: unknown; responseCode?: unknown }) => ({
    address: oneLine(String(error.recipient)),
    why: show(String(error.response), job),
    passing: typeof error.responseCode === "number" && error.responseCode < 500,
  }));
}

/** What a server says is anybody's text, and may repeat what it was told. */
function show(text: string, { server }: MailJob): string {
  return shorten(oneLine(maskSecrets(text, [server.password])), LONGEST_WHY);
}
