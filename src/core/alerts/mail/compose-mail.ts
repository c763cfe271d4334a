import type { FunctionName } from "../../model/alert.ts";
import type { AlertMail } from "./alert-mail.ts";
import { type MailSection, mailSections } from "./mail-sections.ts";

/** How a mail server is talked to, as SMTP_TLS says it (adapters/mail/smtp-ways.ts says what each word means). */
export type SmtpTls = "auto" | "starttls" | "tls" | "unverified" | "off";

/** Where mail goes, by the parameters' names. */
export interface MailSettings {
  readonly SMTP_SERVER: string;
  readonly SMTP_PORT: number;
  readonly SMTP_USER: string;
  readonly SMTP_PASS: string;
  readonly SMTP_TLS: SmtpTls;
  readonly MAIL_FROM: string;
  readonly MAIL_TO: readonly string[];
  readonly MAIL_SUBJECT: string;
  /** Whether the sending itself is logged (LOG_email). */
  readonly ENABLE_LOGGING: boolean;
  readonly logOff: ReadonlySet<FunctionName>;
}

/** What a mail needs to be sent; on the child's standard input, because the password is in it. */
export interface MailJob {
  readonly server: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly password: string;
    readonly tls: SmtpTls;
  };
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Whether the log hears of it (ENABLE_LOGGING, LOG_email). */
  readonly log: boolean;
}

/** The mail for some alerts; `$HOSTNAME` in MAIL_SUBJECT is replaced, nothing else (config/params.ts). */
export function composeMail(mail: AlertMail, hostName: string, settings: MailSettings): MailJob {
  const prefix = settings.MAIL_SUBJECT.replaceAll("$HOSTNAME", () => hostName);
  const more = mail.alerts.length - 1;
  const subject = `${prefix} ${mail.alerts[0]?.subject ?? ""}${more > 0 ? ` (and ${more} more)` : ""}`;
  const sections = mailSections(mail);
  return {
    server: {
      host: settings.SMTP_SERVER,
      port: settings.SMTP_PORT,
      user: settings.SMTP_USER,
      password: settings.SMTP_PASS,
      tls: settings.SMTP_TLS,
    },
    from: settings.MAIL_FROM,
    to: settings.MAIL_TO,
    subject: subject.replace(/\p{Cc}+/gu, " "),
    text: sections.map(renderText).join("\n\n"),
    html: `<!DOCTYPE html>\n<html><body>\n${sections.map(renderHtml).join("\n")}\n</body></html>\n`,
    log: settings.ENABLE_LOGGING && !settings.logOff.has("email"),
  };
}

function renderText({ title, sentences, rows }: MailSection): string {
  const width = Math.max(0, ...rows.map(([name]) => name?.length ?? 0));
  const table = rows.map(([name = "", value = ""]) => `  ${name.padEnd(width)}  ${value}`);
  const parts = [[title, "-".repeat(title.length)], sentences, table].filter((part) => part.length > 0);
  return `${parts.map((part) => part.join("\n")).join("\n\n")}\n`;
}

function renderHtml({ title, sentences, rows }: MailSection): string {
  const paragraphs = sentences.map((text) => `<p>${escapeHtml(text)}</p>`);
  const cells = rows.map(
    ([name = "", value = ""]) =>
      `<tr><th align="left">${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`,
  );
  const table = cells.length === 0 ? [] : ["<table>", ...cells, "</table>"];
  return [`<h3>${escapeHtml(title)}</h3>`, ...paragraphs, ...table].join("\n");
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Names of VMs and answers of devices are anybody's text. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? "");
}
