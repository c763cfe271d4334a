import { composeMail } from "../../core/mail/compose-mail.ts";
import type { Mailer } from "../../ports/notices.ts";

/**
 * Hands each mail to a child of its own, which outlives the pass and has its own deadline: a mail server that is slow
 * or down delays nothing.
 */
export function createChildMailer(options: {
  readonly self: readonly string[];
  readonly environment: Record<string, string>;
  readonly hostName: string;
}): Mailer {
  return {
    async send(mail, settings) {
      const job = composeMail(mail, options.hostName, settings);
      if (job.to.length === 0) return;
      const child = Bun.spawn([...options.self, "send-mail"], {
        cwd: "/",
        env: options.environment,
        detached: true,
        stdin: new TextEncoder().encode(JSON.stringify(job)),
        stdout: "ignore",
        stderr: "ignore",
      });
      child.unref();
    },
  };
}
