import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { createChildMailer } from "../../../../src/adapters/mail/mailer-child.ts";
import { composeMail } from "../../../../src/core/alerts/mail/compose-mail.ts";
import { ALERT, MAIL, MAIL_SETTINGS } from "../../core/alerts/mail/mail.ts";
import { PATH, ScratchFolder, until } from "../scratch.ts";

const folder = new ScratchFolder();

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
  const mailer = createChildMailer({ self, environment: { PATH }, hostName: "h1" });
  await mailer.send(MAIL, MAIL_SETTINGS);
  expect(await until(() => Bun.file(notes).exists())).toBe(true);
  const text = readFileSync(notes, "utf8");
  const json = text.slice(text.indexOf("{"));
  expect(text.split("\n")[0]).toBe("send-mail");
  expect(JSON.parse(json)).toEqual(composeMail(MAIL, "h1", MAIL_SETTINGS));
  expect(text.slice(0, text.indexOf("{"))).not.toContain("topsecret");
});

test("createChildMailer: handing over does not wait for the child", async () => {
  const { self, notes } = noting("sleep 1");
  const mailer = createChildMailer({ self, environment: { PATH }, hostName: "h1" });
  const began = performance.now();
  await mailer.send(MAIL, MAIL_SETTINGS);
  expect(performance.now() - began).toBeLessThan(500);
  expect(await until(() => Bun.file(notes).exists())).toBe(true);
});

test("createChildMailer: a long mail arrives whole although this program ends at once, and its group is killed", async () => {
  const { self, notes } = noting("sleep 0.5");
  const body = "A long sentence. ".repeat(100);
  const mail = { ...MAIL, alerts: Array.from({ length: 150 }, () => ({ ...ALERT, body })) };
  const settings = JSON.stringify({ ...MAIL_SETTINGS, logOff: undefined });
  const code = `
    import { createChildMailer } from "${import.meta.dir}/../../../../src/adapters/mail/mailer-child.ts";
    const mailer = createChildMailer({
      self: ${JSON.stringify(self)}, environment: { PATH: process.env.PATH }, hostName: "h1" });
    await mailer.send(${JSON.stringify(mail)}, { ...${settings}, logOff: new Set() });`;
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
  expect(JSON.parse(text.slice(text.indexOf("{"))).text.split(body.trim()).length).toBe(151);
});

test("createChildMailer: no recipient, no child", async () => {
  const missing = [folder.at("nothing-here")];
  const mailer = createChildMailer({ self: missing, environment: { PATH }, hostName: "h1" });
  await mailer.send(MAIL, { ...MAIL_SETTINGS, MAIL_TO: [] });
  await expect(mailer.send(MAIL, MAIL_SETTINGS)).rejects.toThrow();
});

test("createChildMailer: names and answers cannot forge a row, a header or a mark-up of the mail", async () => {
  const { self, notes } = noting();
  const odd = "x\r\nBcc: eve@example.org\n  Severity  info\u2028\u001b[2J\u202e<b>y</b>";
  const long = "n".repeat(50_000);
  const mail = {
    ...MAIL,
    alerts: [{ ...ALERT, subject: `${odd} has failed`, body: `${odd} ${long}`, advice: odd }],
    report: {
      ...MAIL.report,
      pool: odd,
      conditions: [`${odd} has failed`],
      hosts: [{ name: odd, address: "10.0.0.1", state: "alive", vms: 1 } as const],
    },
  };
  await createChildMailer({ self, environment: { PATH }, hostName: "h1" }).send(mail, MAIL_SETTINGS);
  expect(await until(() => Bun.file(notes).exists())).toBe(true);
  const noted = readFileSync(notes, "utf8");
  const { subject, text, html } = JSON.parse(noted.slice(noted.indexOf("{")));
  expect(subject).not.toMatch(/[\p{Cc}\u2028\u202e]/u);
  const lines = text.split("\n") as string[];
  expect(lines.filter((line) => /^(Bcc:| {2}Severity {2}info)/.test(line))).toEqual([]);
  expect(lines.filter((line) => line.startsWith("  Severity"))).toEqual(["  Severity  error"]);
  expect(lines.join("")).not.toMatch(/[\p{Cc}\u2028\u202e]/u);
  expect(html).not.toContain("<b>");
  expect(text.length).toBeLessThan(12_000);
});
