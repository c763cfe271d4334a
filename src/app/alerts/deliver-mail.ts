import type { MailJob } from "../../core/alerts/mail/compose-mail.ts";
import type { Severity } from "../../core/model/alert.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger, MailTransport } from "../../ports/notices.ts";

export interface DeliveryPorts {
  readonly clock: Clock;
  readonly transport: MailTransport;
  readonly logger: Logger;
}

/** Waits before the second attempt and the following ones: a mail server restarts, a name server is away. */
const WAITS_MS = [15_000, 60_000, 300_000];
/** More than all attempts and waits can take. */
export const DELIVERY_MS = 660_000;

/** Sends a mail, with some patience, and logs what became of it. Returns whether it was taken. */
export async function deliverMail(job: MailJob, ports: DeliveryPorts): Promise<boolean> {
  const log = (severity: Severity, text: string) => {
    if (job.log) ports.logger.log(severity, "email", text);
  };
  const to = `to ${job.to.join(", ")} through ${job.server.host}:${job.server.port}`;
  for (const waitMs of [...WAITS_MS, null]) {
    const result = await ports.transport.send(job, null);
    if (result.ok) {
      log("info", `Mail sent ${to}: ${job.subject}`);
      return true;
    }
    const failed = `Cannot send the mail "${job.subject}" ${to}: ${result.why}.`;
    if (waitMs === null || !result.passing) {
      log("error", `${failed} It is not tried again; try the settings with: ha-cfg email-debug`);
      return false;
    }
    log("warning", `${failed} It is tried again in ${waitMs / 1_000} s.`);
    await ports.clock.sleep(waitMs);
  }
  return false;
}
