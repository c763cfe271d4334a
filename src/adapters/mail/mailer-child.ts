import { composeMail } from "../../core/alerts/mail/compose-mail.ts";
import { plainTexts } from "../../core/model/plain-text.ts";
import type { Mailer } from "../../ports/notices.ts";
import { handOver, type SelfCommand } from "../processes/hand-over.ts";

/**
 * Hands each mail to a child of its own, which outlives the pass and has its own deadline: a mail server that is slow
 * or down delays nothing.
 */
export function createChildMailer(options: SelfCommand & { readonly hostName: string }): Mailer {
  return {
    async send(mail, settings) {
      const job = composeMail(plainTexts(mail), options.hostName, settings);
      if (job.to.length === 0) return;
      handOver(options, "send-mail", job);
    },
  };
}
