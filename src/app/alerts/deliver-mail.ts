import type { MailJob } from "../../core/alerts/mail/compose-mail.ts";
import type { Severity } from "../../core/model/alert.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger, MailResult, MailTransport, Refusal } from "../../ports/notices.ts";

export interface DeliveryPorts {
  readonly clock: Clock;
  readonly transport: MailTransport;
  readonly logger: Logger;
}

/** Waits before the second attempt and the following ones: a mail server restarts, a name server is away. */
const WAITS_MS = [15_000, 60_000, 300_000];
/** More than all attempts and waits can take. */
export const DELIVERY_MS = 660_000;

type Say = (severity: Severity, text: string) => void;

/**
 * Sends a mail, with some patience, and logs what became of it, for each recipient: whom the server does not take yet is
 * tried again alone, so that nobody gets a mail twice. Returns whether everybody gets it.
 */
export async function deliverMail(job: MailJob, ports: DeliveryPorts): Promise<boolean> {
  const say: Say = (severity, text) => {
    if (job.log) ports.logger.log(severity, "email", text);
  };
  let open = job.to;
  let lost = 0;
  for (const waitMs of [...WAITS_MS, null]) {
    const mail = { ...job, to: open };
    const result = await ports.transport.send(mail, null);
    const later = waitMs === null ? [] : takenLater(result, open);
    lost += open.length - later.length - (result.ok ? result.taken.length : 0);
    tellWhole(mail, result, waitMs, say);
    for (const refusal of result.refused) tellRefusal(mail, refusal, waitMs, say);
    open = later;
    if (open.length === 0 || waitMs === null) break;
    await ports.clock.sleep(waitMs);
  }
  return lost === 0;
}

/** Who may get the same mail later. */
function takenLater(result: MailResult, open: readonly string[]): readonly string[] {
  const refused = result.refused.filter(({ passing }) => passing).map(({ address }) => address);
  if (result.ok || result.refused.length > 0) return refused;
  return result.passing ? open : [];
}

function tellWhole(mail: MailJob, result: MailResult, waitMs: number | null, say: Say): void {
  const { host, port } = mail.server;
  if (result.ok) {
    say("info", `Mail sent to ${result.taken.join(", ")} through ${host}:${port}: ${mail.subject}`);
    if (result.unencrypted !== null)
      say(
        "warning",
        `That mail went unencrypted: ${result.unencrypted}. To insist on encryption: ha-cfg set SMTP_TLS starttls.`,
      );
    return;
  }
  // Nobody gets it, each for a reason of his own.
  if (result.refused.length > 0) return;
  const failed = `${cannotSend(mail, mail.to.join(", "))}: ${result.why}.`;
  if (waitMs !== null && result.passing) say("warning", `${failed} ${again(waitMs)}`);
  else {
    const cure = result.cure ?? "Try the settings with: ha-cfg email-debug.";
    say("error", `${failed} It is not tried again. ${cure}`);
  }
}

function tellRefusal(
  mail: MailJob,
  { address, why, passing }: Refusal,
  waitMs: number | null,
  say: Say,
): void {
  const failed = `${cannotSend(mail, address)}: ${why}.`;
  if (!passing) say("error", `${failed} It is not tried again for this address; check MAIL_TO.`);
  else if (waitMs === null) say("error", `${failed} It is not tried again for this address.`);
  else say("warning", `${failed} ${again(waitMs)}`);
}

function cannotSend({ subject, server }: MailJob, to: string): string {
  return `Cannot send the mail "${subject}" to ${to} through ${server.host}:${server.port}`;
}

function again(waitMs: number): string {
  return `It is tried again in ${waitMs / 1_000} s.`;
}
