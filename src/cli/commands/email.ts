import type { ArgsDef } from "citty";
import { observeSelf } from "../../app/pass/observe-self.ts";
import { rememberedMemory } from "../../app/pass/remembered.ts";
import type { Settings } from "../../config/params.ts";
import type { AlertMail } from "../../core/alerts/mail/alert-mail.ts";
import { composeMail } from "../../core/alerts/mail/compose-mail.ts";
import { type PoolReport, reportPool, UNSEEN_POOL } from "../../core/alerts/pool-report.ts";
import { plainTexts } from "../../core/model/plain-text.ts";
import { neverAborts } from "../../ports/deadline.ts";
import type { MailResult } from "../../ports/notices.ts";
import { type Action, defineAction } from "../action.ts";
import { type CliPorts, EXIT, type ExitCode } from "../cli-ports.ts";
import { withPool } from "../pool-access.ts";
import { plainText } from "../screens/text.ts";

const ARGS = { json: { type: "boolean", description: "for programs" } } as const satisfies ArgsDef;

export const emailAction = testMailAction("email", "Sends a test mail with the settings in force.", false);

export const emailDebugAction = testMailAction(
  "email-debug",
  "Sends a test mail and shows what is said with the mail server, without the password.",
  true,
);

function testMailAction(name: string, description: string, shows: boolean): Action {
  return defineAction({
    name,
    description,
    args: ARGS,
    run: (args, ports) =>
      // A XAPI that is silent is a good time for a test: the settings are those of the last good copy then.
      withPool(ports, ({ resolved }) =>
        sendTest(resolved.settings, ports, { shows, json: args.json === true }),
      ),
  });
}

async function sendTest(
  settings: Settings,
  ports: CliPorts,
  { shows, json }: { readonly shows: boolean; readonly json: boolean },
): Promise<ExitCode> {
  if (!settings.MAIL_ON) ports.stderr("Warning: MAIL_ON=0, so alerts are not mailed; this test is.\n");
  const job = composeMail(plainTexts(await testMail(ports)), ports.hostName, settings);
  const server = `${job.server.host}:${job.server.port}`;
  if (!json) ports.stdout(`Sending a test mail from ${job.from} to ${job.to.join(", ")} through ${server}\n`);
  const dialogue: string[] = [];
  const hear = (line: string) => {
    dialogue.push(line);
    if (!json) ports.stdout(`  ${plainText(line)}\n`);
  };
  const result = await ports.mail.send(job, shows ? hear : null);
  const isWhole = result.ok && result.refused.length === 0;
  if (json) {
    const { refused } = result;
    const why = result.ok ? null : result.why;
    const unencrypted = result.ok ? result.unencrypted : null;
    const report = { sent: isWhole, server, from: job.from, to: job.to, why, refused, unencrypted };
    ports.stdout(`${JSON.stringify({ ...report, ...(shows ? { dialogue } : {}) }, null, 2)}\n`);
  } else if (result.ok) tellTaken(result, isWhole, ports);
  for (const { address, why, passing } of result.refused) {
    const hope = passing ? "It may be taken later; alerts are tried again." : "Check MAIL_TO.";
    ports.stderr(`Cannot send the test mail to ${plainText(address)}: ${plainText(why)}. ${hope}\n`);
  }
  if (!result.ok && result.refused.length === 0)
    ports.stderr(`Cannot send the test mail: ${plainText(result.why)}. ${cureOf(result, shows)}\n`);
  return isWhole ? EXIT.done : EXIT.failed;
}

function tellTaken(result: Extract<MailResult, { ok: true }>, isWhole: boolean, ports: CliPorts): void {
  const whom = isWhole ? "" : ` for ${plainText(result.taken.join(", "))}`;
  ports.stdout(`The mail server has taken it${whom}. If it does not arrive, ask that server.\n`);
  if (result.unencrypted !== null)
    ports.stderr(
      `Warning: it went unencrypted: ${plainText(result.unencrypted)}. To insist on encryption: ha-cfg set SMTP_TLS starttls\n`,
    );
}

function cureOf(result: Extract<MailResult, { ok: false }>, shows: boolean): string {
  if (result.cure !== null) return result.cure;
  const settings = result.passing
    ? "SMTP_SERVER and SMTP_PORT"
    : "MAIL_FROM, MAIL_TO, SMTP_USER and SMTP_PASS";
  return `Check ${settings}${shows ? "" : "; ha-cfg email-debug shows what is said"}.`;
}

const OBSERVE_MS = 2_000;

async function testMail(ports: CliPorts): Promise<AlertMail> {
  const moment = { nowMs: ports.clock.uptimeMs(), wallMs: ports.clock.wallMs() };
  return {
    ...moment,
    alerts: [
      {
        key: "test",
        from: "email",
        severity: "info",
        subject: "Test mail of HA-Lizard",
        body: "This is a test, sent by an administrator with ha-cfg. Nothing has happened.",
        advice: "Nothing: mail works.",
        target: { kind: "pool" },
        lasting: false,
        atMs: moment.nowMs,
        repeats: null,
      },
    ],
    report: await lastReport(ports, moment.nowMs),
  };
}

/** How the pool stands, as the iterations of this host saw it last. */
async function lastReport(ports: CliPorts, nowMs: number): Promise<PoolReport> {
  const self = await observeSelf(ports, OBSERVE_MS, neverAborts());
  const memory = await rememberedMemory(ports.store);
  if (self === null || memory?.lastGood == null || memory.bootId !== self.bootId)
    return { ...UNSEEN_POOL, host: ports.hostName, role: self?.role.kind ?? "unknown" };
  return reportPool(memory, self, null, nowMs);
}
