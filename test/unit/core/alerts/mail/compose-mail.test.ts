import { expect, test } from "bun:test";
import { composeMail } from "../../../../../src/core/alerts/mail/compose-mail.ts";
import { ALERT, MAIL, MAIL_SETTINGS } from "./mail.ts";

test("composeMail: the server, the sender and who gets it; the password is nowhere else", () => {
  const { server, from, to, subject, text, html } = composeMail(MAIL, "h1.example.org", MAIL_SETTINGS);
  expect(server).toEqual({
    host: "mail.example.org",
    port: 587,
    user: "user",
    password: "topsecret",
    tls: "auto",
  });
  expect([from, to]).toEqual(["root@h1", ["a@example.org"]]);
  expect(subject).toBe("ALERT FROM h1.example.org: h2 has failed");
  expect(text + html).not.toContain("topsecret");
});

test("composeMail: what happened, what was done, what to do, and how the pool stands", () => {
  const repeats = { count: 3, sinceMs: 60_000 };
  const mail = { ...MAIL, alerts: [{ ...ALERT, repeats }] };
  expect(composeMail(mail, "h1", MAIL_SETTINGS).text).toMatchInlineSnapshot(`
    "h2 has failed
    -------------

    h2 is down: no response to any of the retries.
    What to do: Look at the host.
    This has happened 3 times since 2026-11-23 13:56:09 UTC.

      Severity  error
      Time      2026-11-23 14:04:09 UTC
      Function  check_slave_status


    Pool lab, as h1 (master) sees it
    --------------------------------

      HA         on
      Master     h1
      Successor  h3
      h1         alive, 12 VMs, 10.0.0.1
      h2         failed, 1 VM, 10.0.0.2
      h3         maintenance, 10.0.0.3


    What holds now
    --------------

    h2 is down: no response to any of the retries.
    "
  `);
});

test("composeMail: the HTML part says the same, and names are no markup", () => {
  const mail = { ...MAIL, alerts: [{ ...ALERT, subject: 'VM <b onclick="x">&' }] };
  const { html } = composeMail(mail, "h1", MAIL_SETTINGS);
  expect(html).toMatchInlineSnapshot(`
    "<!DOCTYPE html>
    <html><body>
    <h3>VM &lt;b onclick=&quot;x&quot;&gt;&amp;</h3>
    <p>h2 is down: no response to any of the retries.</p>
    <p>What to do: Look at the host.</p>
    <table>
    <tr><th align="left">Severity</th><td>error</td></tr>
    <tr><th align="left">Time</th><td>2026-11-23 14:04:09 UTC</td></tr>
    <tr><th align="left">Function</th><td>check_slave_status</td></tr>
    </table>
    <h3>Pool lab, as h1 (master) sees it</h3>
    <table>
    <tr><th align="left">HA</th><td>on</td></tr>
    <tr><th align="left">Master</th><td>h1</td></tr>
    <tr><th align="left">Successor</th><td>h3</td></tr>
    <tr><th align="left">h1</th><td>alive, 12 VMs, 10.0.0.1</td></tr>
    <tr><th align="left">h2</th><td>failed, 1 VM, 10.0.0.2</td></tr>
    <tr><th align="left">h3</th><td>maintenance, 10.0.0.3</td></tr>
    </table>
    <h3>What holds now</h3>
    <p>h2 is down: no response to any of the retries.</p>
    </body></html>
    "
  `);
});

test("composeMail: several alerts are one mail, named after the first", () => {
  const second = { ...ALERT, key: "host-failed:h3", subject: "h3 has failed", body: "h3 has failed." };
  const { subject, text } = composeMail({ ...MAIL, alerts: [ALERT, second] }, "h1", MAIL_SETTINGS);
  expect(subject).toBe("ALERT FROM h1: h2 has failed (and 1 more)");
  for (const part of [ALERT.body, second.body]) expect(text).toContain(part);
});

test("composeMail: an old view of the pool, or none, says so", () => {
  const textOf = (ageMs: number | null) =>
    composeMail({ ...MAIL, report: { ...MAIL.report, ageMs } }, "h1", MAIL_SETTINGS).text;
  expect(textOf(59_000)).not.toContain("last read");
  expect(textOf(600_000)).toContain("The pool database was last read 10 minutes ago.");
  expect(textOf(null)).toContain("This host has not seen the pool healthy yet.");
});

test("composeMail: $HOSTNAME is replaced and nothing else; a host name is no pattern", () => {
  const subject = (pattern: string, host: string) =>
    composeMail(MAIL, host, { ...MAIL_SETTINGS, MAIL_SUBJECT: pattern }).subject;
  expect(subject("$HOSTNAME $HOSTNAME $PATH $(id)", "h1")).toStartWith("h1 h1 $PATH $(id) ");
  expect(subject("$HOSTNAME", "a$&b$'c")).toStartWith("a$&b$'c ");
});

test("composeMail: control characters in a subject become spaces", () => {
  const alerts = [{ ...ALERT, subject: "VM x\r\nBcc: c@example.org\u0000" }];
  expect(composeMail({ ...MAIL, alerts }, "h1", MAIL_SETTINGS).subject).not.toMatch(/\p{Cc}/u);
});

test("composeMail: LOG_email and ENABLE_LOGGING say whether the sending is logged", () => {
  const logged = (settings: object) => composeMail(MAIL, "h1", { ...MAIL_SETTINGS, ...settings }).log;
  expect([logged({}), logged({ ENABLE_LOGGING: false }), logged({ logOff: new Set(["email"]) })]).toEqual([
    true,
    false,
    false,
  ]);
});
