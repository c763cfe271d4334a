import { afterAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { createSmtp, type SmtpOptions } from "../../../../src/adapters/mail/smtp.ts";
import { createSystemClock } from "../../../../src/adapters/processes/clock-system.ts";
import type { MailJob, SmtpTls } from "../../../../src/core/alerts/mail/compose-mail.ts";
import type { MailResult } from "../../../../src/ports/notices.ts";
import { knowsLocalhost } from "../machine.ts";
import { ScratchFolder } from "../scratch.ts";
import { type Script, startScriptedSmtp } from "./scripted-smtp.ts";
import { type SmtpBehaviour, startSmtpServer } from "./smtp-server.ts";

const clock = createSystemClock();
const folder = new ScratchFolder("smtp-tls");
const servers: { close(): Promise<void> }[] = [];
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
});

function keep<T extends { close(): Promise<void> }>(server: T): T {
  servers.push(server);
  return server;
}
const real = async (behaviour: SmtpBehaviour) => keep(await startSmtpServer(behaviour));
const scripted = async (script: Script) => keep(await startScriptedSmtp(script));

/** A certificate for these names, which has signed itself. */
function certificate(names: string) {
  const [key, cert] = [folder.at(`${crypto.randomUUID()}.key`), folder.at(`${crypto.randomUUID()}.pem`)];
  const command =
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test";
  const args = [...command.split(" "), "-addext", `subjectAltName=${names}`, "-keyout", key, "-out", cert];
  expect(Bun.spawnSync(args, { stderr: "ignore" }).exitCode).toBe(0);
  return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
}
const OURS = certificate("DNS:localhost,IP:127.0.0.1");
const OTHER = certificate("DNS:mail.example.org");
const NOBODYS = certificate("DNS:localhost,IP:127.0.0.1");
const SMTP: SmtpOptions = { trusted: () => [OURS.cert, OTHER.cert] };
const HASTY = { ...SMTP, limits: { connectMs: 500, silenceMs: 500, totalMs: 5_000 } };
const SECRET = "tops3cret";
const LOGIN = `user:${SECRET}`;

interface Play {
  readonly tls?: SmtpTls;
  readonly user?: string;
  readonly host?: string;
  readonly options?: SmtpOptions;
}

function send(port: number, { tls = "auto", user = "", host = "127.0.0.1", options = SMTP }: Play = {}) {
  const job: MailJob = {
    server: { host, port, user, password: user === "" ? "" : SECRET, tls },
    from: "root@h1",
    to: ["a@example.org"],
    subject: "Host h2 has failed",
    text: "Text.\n",
    html: "<p>Text.</p>\n",
    log: true,
  };
  return createSmtp(clock, options).send(job, null);
}

const sentIn = (result: MailResult) =>
  result.ok ? (result.unencrypted ?? "as wanted") : `not: ${result.why}`;

describe("without a user, an alert arrives whatever TLS is worth", () => {
  test.each([
    ["a certificate that nobody has signed", NOBODYS, true],
    ["a certificate of another name", OTHER, true],
    ["TLS 1.0 and nothing later", { ...OURS, maxVersion: "TLSv1" as const }, false],
  ])("%s", async (_, tls, encrypted) => {
    const { port, mails } = await real({ tls });
    const result = await send(port);
    expect(result.ok).toBe(true);
    expect(mails.map((mail) => mail.encrypted)).toEqual([encrypted]);
    if (encrypted) expect(sentIn(result)).toBe("as wanted");
    else expect(sentIn(result)).toMatch(/^TLS with 127\.0\.0\.1:\d+ failed \(.+\)$/);
  });

  const OFFERS = { EHLO: "250-scripted\r\n250-STARTTLS\r\n250 8BITMIME" };
  test.each([
    ["is refused for now (454)", "454 4.7.0 TLS not available", / does not encrypt \(.*454 4\.7\.0/],
    ["is refused for good (502)", "502 not here", / does not encrypt \(.*502/],
    ["is followed by no TLS", "220 go ahead\r\nhello, this is no TLS", /^TLS with .* failed/],
    ["ends the connection", (socket: { destroy(): void }) => socket.destroy(), /^TLS with .* failed/],
    ["is never answered", () => undefined, /^TLS with .* failed \(.*[Tt]imeout|timed out/],
    ["is agreed on, and nothing comes", "220 go ahead", /^TLS with .* failed/],
  ] as const)("STARTTLS is offered and %s: plain, and said", async (_, answer, said) => {
    const { port, heard } = await scripted({ ...OFFERS, STARTTLS: answer });
    const result = await send(port, { options: HASTY });
    expect(sentIn(result)).toMatch(said);
    expect(result.ok).toBe(true);
    expect(heard).toContain("MAIL FROM:<root@h1>");
  });

  test("a server that is not there, silent, or refuses the mail is no trouble of TLS: it is not asked twice", async () => {
    const { port, heard } = await scripted({ ...OFFERS, EHLO: "250 scripted", MAIL: "550 go away" });
    expect(await send(port)).toMatchObject({ ok: false, passing: false });
    expect(heard.filter((line) => line.startsWith("EHLO")).length).toBe(1);
  });
});

describe("with a user, the password goes over TLS to the server itself, or nowhere", () => {
  async function provesWhoItIs(host: string): Promise<void> {
    const { port, mails, logins } = await real({ tls: OURS, login: LOGIN });
    expect(sentIn(await send(port, { user: "user", host }))).toBe("as wanted");
    expect(mails.map(({ login, encrypted }) => [login, encrypted])).toEqual([[LOGIN, true]]);
    expect(logins).toEqual([{ login: LOGIN, encrypted: true }]);
  }
  test("to a server that proves who it is by its address", () => provesWhoItIs("127.0.0.1"));
  test.skipIf(!knowsLocalhost)("to a server that proves who it is by its name", () =>
    provesWhoItIs("localhost"),
  );

  async function provesNothing(tls: typeof OTHER, host: string): Promise<void> {
    const { port, mails, logins } = await real({ tls, login: LOGIN });
    const result = await send(port, { user: "user", host });
    expect(result).toMatchObject({ ok: false, passing: false });
    expect(sentIn(result)).toMatch(
      /does not prove that it is this server \(.+\), so the password is not sent$/,
    );
    expect(result.ok ? "" : result.cure).toContain("ha-cfg set SMTP_TLS unverified");
    expect([mails.length, logins.length]).toEqual([0, 0]);
  }
  const refused = "no login, no mail, not tried again, and the cure";
  test(`a certificate signed by nobody: ${refused}`, () => provesNothing(NOBODYS, "127.0.0.1"));
  test(`a certificate of a name, where the address is asked: ${refused}`, () =>
    provesNothing(OTHER, "127.0.0.1"));
  test.skipIf(!knowsLocalhost)(`a certificate of another name: ${refused}`, () =>
    provesNothing(OTHER, "localhost"),
  );

  test.each([
    ["not offered", { EHLO: "250-scripted\r\n250 AUTH PLAIN LOGIN" }, false],
    ["refused for good", { EHLO: "250-x\r\n250-STARTTLS\r\n250 AUTH PLAIN", STARTTLS: "502 no" }, false],
    ["refused for now", { EHLO: "250-x\r\n250-STARTTLS\r\n250 AUTH PLAIN", STARTTLS: "454 later" }, true],
    ["stripped, and HELO wanted", { EHLO: "500 what?", HELO: "250 scripted" }, false],
  ])("STARTTLS is %s: no password, no mail, and the cure", async (_, script, passing) => {
    const { port, heard } = await scripted(script);
    const result = await send(port, { user: "user", options: HASTY });
    expect(result).toMatchObject({ ok: false, passing });
    const base64 = (text: string) => Buffer.from(text).toString("base64");
    const said = heard.join("\n");
    for (const secret of [SECRET, base64(SECRET), base64(`\0user\0${SECRET}`), "AUTH", "MAIL FROM"])
      expect(said).not.toContain(secret);
    if (!passing) expect(result.ok ? "" : result.cure).toContain("ha-cfg set SMTP_TLS off");
  });
});

describe("SMTP_TLS says it otherwise", () => {
  test("off: no TLS although it is offered, and the password in the clear", async () => {
    const { port, mails, logins } = await real({ login: LOGIN });
    expect(sentIn(await send(port, { user: "user", tls: "off" }))).toBe("as wanted");
    expect([mails[0]?.encrypted, logins]).toEqual([false, [{ login: LOGIN, encrypted: false }]]);
    const offering = await real({ tls: OURS });
    expect((await send(offering.port, { tls: "off" })).ok).toBe(true);
    expect(offering.mails.map(({ encrypted }) => encrypted)).toEqual([false]);
  });

  test("unverified: TLS and a password to any certificate, also with old TLS; never in the clear", async () => {
    for (const tls of [NOBODYS, OTHER, { ...OURS, maxVersion: "TLSv1" as const }]) {
      const { port, logins } = await real({ tls, login: LOGIN });
      expect(sentIn(await send(port, { user: "user", tls: "unverified" }))).toBe("as wanted");
      expect(logins).toEqual([{ login: LOGIN, encrypted: true }]);
    }
    const plain = await real({ login: LOGIN });
    expect((await send(plain.port, { user: "user", tls: "unverified" })).ok).toBe(false);
    expect((await send(plain.port, { tls: "unverified" })).ok).toBe(false);
    expect([plain.mails.length, plain.logins.length]).toEqual([0, 0]);
  });

  test("starttls: a valid certificate, also without a user; never in the clear", async () => {
    const good = await real({ tls: OURS });
    expect(sentIn(await send(good.port, { tls: "starttls" }))).toBe("as wanted");
    const refused = [await real({ tls: NOBODYS }), await real({ tls: OTHER }), await real({})];
    for (const { port, mails } of refused) {
      const result = await send(port, { tls: "starttls" });
      expect(sentIn(result)).toMatch(/so the mail is not sent$/);
      expect(mails.length).toBe(0);
    }
  });

  test("tls: from the start on any port, with a valid certificate", async () => {
    const good = await real({ tls: OURS, implicitTls: true, login: LOGIN });
    expect(sentIn(await send(good.port, { user: "user", tls: "tls" }))).toBe("as wanted");
    expect(good.logins).toEqual([{ login: LOGIN, encrypted: true }]);
    const bad = await real({ tls: NOBODYS, implicitTls: true, login: LOGIN });
    const result = await send(bad.port, { user: "user", tls: "tls" });
    expect(result).toMatchObject({ ok: false, passing: false });
    expect(bad.logins.length).toBe(0);
    const plain = await real({});
    expect((await send(plain.port, { tls: "tls", options: HASTY })).ok).toBe(false);
    expect(plain.mails.length).toBe(0);
  });
});
