import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { composeMail, createChildMailer } from "../../src/adapters/mailer-child.ts";
import type { Alert } from "../../src/core/alert-policy.ts";
import type { MailSettings } from "../../src/ports/notices.ts";
import { PATH, ScratchFolder, until } from "./scratch.ts";

const folder = new ScratchFolder();
const alert: Alert = {
  key: "host-failed:1",
  from: "check_slave_status",
  severity: "critical",
  subject: "Host h2 has failed",
  body: "It answers neither ICMP nor XAPI.",
};
const settings: MailSettings = {
  SMTP_SERVER: "mail.example.org",
  SMTP_PORT: 587,
  SMTP_USER: "user",
  SMTP_PASS: "topsecret",
  MAIL_FROM: "root@h1",
  MAIL_TO: ["a@example.org"],
  MAIL_SUBJECT: "ALERT FROM $HOSTNAME:",
};

test("composeMail: everything that sending needs, and what the alert says", () => {
  const mail = composeMail(alert, "pool one", "h1", settings);
  expect(mail.server).toEqual({ host: "mail.example.org", port: 587, user: "user", password: "topsecret" });
  expect([mail.from, mail.to]).toEqual(["root@h1", ["a@example.org"]]);
  expect(mail.subject).toBe("ALERT FROM h1: Host h2 has failed");
  for (const part of [alert.body, "h1", "pool one", "check_slave_status", "critical"])
    expect(mail.text).toContain(part);
  expect(mail.text).not.toContain("topsecret");
});

test("composeMail: $HOSTNAME is replaced and nothing else; a host name is no pattern", () => {
  const subject = (pattern: string, host: string) =>
    composeMail(alert, "p", host, { ...settings, MAIL_SUBJECT: pattern }).subject;
  expect(subject("$HOSTNAME $HOSTNAME $PATH $(id)", "h1")).toStartWith("h1 h1 $PATH $(id) ");
  expect(subject("$HOSTNAME", "a$&b$'c")).toStartWith("a$&b$'c ");
});

test("composeMail: control characters in a subject become spaces", () => {
  const mail = composeMail({ ...alert, subject: "VM x\r\nBcc: c@example.org\u0000" }, "p", "h1", settings);
  expect(mail.subject).not.toMatch(/\p{Cc}/u);
});

/** A program in the place of this one: it notes its arguments, its environment and what it reads. */
function noting(before = "") {
  const name = crypto.randomUUID();
  const notes = folder.at(`${name}.notes`);
  const self = folder.script(
    name,
    `${before}\n{ echo "$*"; env; cat; } >${notes}.new\nmv ${notes}.new ${notes}`,
  );
  return { self: [self], notes };
}

test("createChildMailer: the mail is on the child's input, and the password nowhere else", async () => {
  const { self, notes } = noting();
  const mailer = createChildMailer({ self, environment: { PATH }, host: "h1" });
  await mailer.send(alert, "pool one", settings);
  expect(await until(() => Bun.file(notes).exists())).toBe(true);
  const text = readFileSync(notes, "utf8");
  const json = text.slice(text.indexOf("{"));
  expect(text.split("\n")[0]).toBe("send-mail");
  expect(JSON.parse(json)).toEqual(composeMail(alert, "pool one", "h1", settings));
  expect(text.slice(0, text.indexOf("{"))).not.toContain("topsecret");
});

test("createChildMailer: handing over does not wait for the child", async () => {
  const { self, notes } = noting("sleep 1");
  const mailer = createChildMailer({ self, environment: { PATH }, host: "h1" });
  const began = performance.now();
  await mailer.send(alert, "p", settings);
  expect(performance.now() - began).toBeLessThan(500);
  expect(await until(() => Bun.file(notes).exists())).toBe(true);
});

test("createChildMailer: a long mail arrives whole although this program ends at once, and its group is killed", async () => {
  const { self, notes } = noting("sleep 0.5");
  const body = "A long sentence. ".repeat(20_000);
  const code = `
    import { createChildMailer } from "${import.meta.dir}/../../src/adapters/mailer-child.ts";
    const mailer = createChildMailer({
      self: ${JSON.stringify(self)}, environment: { PATH: process.env.PATH }, host: "h1" });
    await mailer.send({ ...${JSON.stringify(alert)}, body: ${JSON.stringify(body)} }, "p", ${JSON.stringify(settings)});`;
  const program = Bun.spawn([process.execPath, folder.write("ends.ts", code)], {
    env: { PATH },
    stdin: "ignore",
    detached: true,
  });
  expect(await program.exited).toBe(0);
  try {
    process.kill(-program.pid, "SIGKILL");
  } catch {
    // Nobody was left in it.
  }
  expect(await until(() => Bun.file(notes).exists())).toBe(true);
  const text = readFileSync(notes, "utf8");
  expect(JSON.parse(text.slice(text.indexOf("{"))).text).toStartWith(body);
});

test("createChildMailer: no recipient, no child", async () => {
  const mailer = createChildMailer({ self: [folder.at("nothing-here")], environment: { PATH }, host: "h1" });
  await mailer.send(alert, "p", { ...settings, MAIL_TO: [] });
  await expect(mailer.send(alert, "p", settings)).rejects.toThrow();
});
