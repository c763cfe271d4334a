import { z } from "zod/mini";
import type { MailJob } from "../../core/alerts/mail/compose-mail.ts";

const JOB = z.object({
  server: z.object({
    host: z.string(),
    port: z.number(),
    user: z.string(),
    password: z.string(),
    tls: z.enum(["auto", "starttls", "tls", "unverified", "off"]),
  }),
  from: z.string(),
  to: z.array(z.string()),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
  log: z.boolean(),
});

/** Reads the JSON text of a mail to be sent; throws on what is none. */
export function parseJob(text: string): MailJob {
  return z.parse(JOB, JSON.parse(text));
}
