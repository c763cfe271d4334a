import { afterAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { parseJob } from "../../../../src/adapters/mail/mail-job.ts";
import { createSmtp } from "../../../../src/adapters/mail/smtp.ts";
import { createSystemClock } from "../../../../src/adapters/processes/clock-system.ts";
import type { MailJob } from "../../../../src/core/alerts/mail/compose-mail.ts";
import { lacks } from "../machine.ts";
import { ScratchFolder } from "../scratch.ts";
import { startScriptedSmtp } from "./scripted-smtp.ts";
import { type SmtpBehaviour, startSmtpServer, type TestMailServer } from "./smtp-server.ts";

const clock = createSystemClock();
const folder = new ScratchFolder();
const servers: TestMailServer[] = [];
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
});

async function server(behaviour: SmtpBehaviour = {}): Promise<TestMailServer> {
  const started = await startSmtpServer(behaviour);
  servers.push(started);
  return started;
}

/** A certificate that nobody has signed but itself. */
function selfSigned() {
  const [key, cert] = [folder.at("key.pem"), folder.at("cert.pem")];
  const command =
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=t";
  const made = Bun.spawnSync([...command.split(" "), "-keyout", key, "-out", cert], { stderr: "ignore" });
  expect(made.exitCode).toBe(0);
  return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
}
const tls = selfSigned();

/** A server that a password is sent to here takes it in the clear, which has to be chosen. */
const job = (port: number, changes: Partial<MailJob> = {}, user = "", password = ""): MailJob => ({
  server: { host: "127.0.0.1", port, user, password, tls: user === "" ? "auto" : "off" },
  from: "root@h1",
  to: ["a@example.org", "b@example.org"],
  subject: "Host h2 has failed",
  text: "Line one.\n.\nLine three.\n",
  html: "<p>Line one.</p>\n",
  log: true,
  ...changes,
});

/** `sent`, or why it was not, with `!` when it is not worth trying again. */
async function send(
  mail: MailJob,
  smtp = createSmtp(clock),
  dialogue: string[] | null = null,
): Promise<string> {
  const result = await smtp.send(mail, dialogue && ((line) => void dialogue.push(line)));
  return result.ok ? "sent" : `${result.why}${result.passing ? "" : "!"}`;
}

test("send: the whole mail arrives at every recipient, in the open where nothing else is offered", async () => {
  const { port, mails } = await server();
  expect(await send(job(port))).toBe("sent");
  expect(mails.length).toBe(1);
  expect([mails[0]?.from, mails[0]?.to]).toEqual(["root@h1", ["a@example.org", "b@example.org"]]);
  expect(mails[0]?.encrypted).toBe(false);
  const data = mails[0]?.data ?? "";
  expect(data).toContain("Subject: Host h2 has failed\n");
  expect(data).toContain("Content-Type: multipart/alternative;");
  expect(data).toContain(
    "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 7bit\n\nLine one.\n.\nLine three.\n",
  );
  expect(data).toContain(
    "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 7bit\n\n<p>Line one.</p>\n",
  );
});

test("send: STARTTLS when offered, also with a certificate that nobody signed", async () => {
  const { port, mails } = await server({ tls });
  expect(await send(job(port))).toBe("sent");
  expect(mails.map((mail) => mail.encrypted)).toEqual([true]);
});

test("send: does not log in when there is no user", async () => {
  const { port, logins } = await server({ login: "user:password" });
  expect(await send(job(port))).toMatch(/530.*!$/);
  expect(logins).toEqual([]);
});

test("send: a wrong password is an error for good that does not repeat it", async () => {
  const { port, mails } = await server({ login: "user:right" });
  const why = await send(job(port, {}, "user", "topsecret"));
  expect(why).toMatch(/535.*!$/);
  expect(why).not.toContain("topsecret");
  expect(mails).toEqual([]);
});

test("send: a server that takes no recipient is an error for good", async () => {
  const { port } = await server({ trouble: "refuses" });
  expect(await send(job(port))).toMatch(/550.*!$/);
});

test("send: a server that is busy may take the mail later", async () => {
  const { port, mails } = await server({ trouble: "busy once" });
  expect(await send(job(port))).toMatch(/451 come back later$/);
  expect(await send(job(port))).toBe("sent");
  expect(mails.length).toBe(1);
});

test("send: a server that is silent, hangs or hangs up, or is not there costs no longer than the limits", async () => {
  const smtp = createSmtp(clock, { limits: { connectMs: 300, silenceMs: 300, totalMs: 5_000 } });
  const gone = await server();
  await gone.close();
  const troubles = ["silent", "hangs up", "hangs at the end"] as const;
  const started = await Promise.all(troubles.map((trouble) => server({ trouble })));
  const began = performance.now();
  const ports = [...started, gone].map(({ port }) => port);
  const whys = await Promise.all(ports.map((port) => send(job(port), smtp)));
  expect(performance.now() - began).toBeLessThan(3_000);
  expect(whys.filter((why) => why === "sent" || why.endsWith("!"))).toEqual([]);
});

test("send: what goes on for ever ends at the limit of all", async () => {
  const { port } = await server({ trouble: "hangs at the end" });
  const smtp = createSmtp(clock, { limits: { connectMs: 10_000, silenceMs: 10_000, totalMs: 200 } });
  expect(await send(job(port), smtp)).toBe("no end within 0.2 s");
});

test("send: the dialogue has both sides, and the password in no form", async () => {
  const { port } = await server({ login: "user:topsecret" });
  const lines: string[] = [];
  expect(await send(job(port, {}, "user", "topsecret"), createSmtp(clock), lines)).toBe("sent");
  const text = lines.join("\n");
  for (const part of ["< 220 ", "> EHLO", "> AUTH PLAIN ********", "< 235 ", "> MAIL FROM:<root@h1>"])
    expect(text).toContain(part);
  const base64 = (plain: string) => Buffer.from(plain).toString("base64");
  for (const secret of ["topsecret", base64("topsecret"), base64("\0user\0topsecret")])
    expect(text).not.toContain(secret);
});

test("parseJob: what is no mail is refused", () => {
  for (const text of ["", "{", "{}", JSON.stringify({ ...job(25), to: "a@example.org" })])
    expect(() => parseJob(text)).toThrow();
  expect(parseJob(JSON.stringify(job(25)))).toEqual(job(25));
});

test("send: a subject with a line break cannot add a header", async () => {
  const { port, mails } = await server();
  await send(job(port, { subject: "x\r\nBcc: c@example.org" }));
  expect(mails[0]?.data).not.toMatch(/^Bcc:/m);
});

test.skipIf(lacks("ip", "unshare"))("send: port 465 is TLS from the start", async () => {
  // The port is everybody's, so the test has it in a network of its own.
  const code = `
    import { createSystemClock } from "${import.meta.dir}/../../../../src/adapters/processes/clock-system.ts";
    import { createSmtp } from "${import.meta.dir}/../../../../src/adapters/mail/smtp.ts";
    import { startSmtpServer } from "${import.meta.dir}/smtp-server.ts";
    setTimeout(() => process.exit(9), 8_000).unref();
    const server = await startSmtpServer({ tls: ${JSON.stringify(tls)}, implicitTls: true, port: 465 });
    const lines = [];
    await createSmtp(createSystemClock()).send(${JSON.stringify(job(465))}, (line) => lines.push(line));
    console.log(server.mails.length, server.mails[0]?.encrypted, lines.some((line) => line.includes("STARTTLS")));
    await server.close();`;
  const program = folder.write("implicit.ts", code);
  const inside = 'ip link set lo up && exec "$0" "$1"';
  const child = Bun.spawn(
    ["unshare", "--user", "--map-root-user", "--net", "sh", "-c", inside, process.execPath, program],
    { stdin: "ignore", stdout: "pipe", stderr: "pipe" },
  );
  const said = await new Response(child.stdout).text();
  expect([said, await child.exited]).toEqual(["1 true false\n", 0]);
});

test("send: recipients that are refused are named with the server's words; the others get it", async () => {
  const refuses = { "b@example.org": { code: 550 }, "c@example.org": { code: 450, once: true } } as const;
  const { port, mails } = await server({ refuses });
  const to = ["a@example.org", "b@example.org", "c@example.org", "a@münchen.example"];
  const first = await createSmtp(clock).send(job(port, { to }), null);
  expect(first).toMatchObject({
    ok: true,
    taken: ["a@example.org", expect.stringMatching(/^a@xn--mnchen-3ya\.example$/)],
    refused: [
      { address: "b@example.org", why: "550 no b@example.org", passing: false },
      { address: "c@example.org", why: "450 no c@example.org", passing: true },
    ],
  });
  expect(await createSmtp(clock).send(job(port, { to: ["c@example.org"] }), null)).toMatchObject({
    ok: true,
    taken: ["c@example.org"],
    refused: [],
  });
  expect(mails.map((mail) => mail.to.length)).toEqual([2, 1]);
});

test("send: everybody refused: each is named with his own words", async () => {
  const refuses = { "a@example.org": { code: 451 }, "b@example.org": { code: 553 } } as const;
  const { port, mails } = await server({ refuses });
  expect(await createSmtp(clock).send(job(port), null)).toMatchObject({
    ok: false,
    refused: [
      { address: "a@example.org", passing: true },
      { address: "b@example.org", passing: false },
    ],
  });
  expect(mails).toEqual([]);
});

test.each([
  ["as it is", (secret: string) => `535 ${secret} is no password`],
  ["as AUTH PLAIN sends it", (_: string, base64: string) => `535 no: ${base64}`],
  ["in many lines", (secret: string) => `535-${secret}\r\n535-${secret}\r\n535 ${secret}`],
])("send: a server that repeats the password, %s, repeats it to nobody", async (_, answer) => {
  const secret = "tops3cret";
  const base64 = Buffer.from(`\0user\0${secret}`).toString("base64");
  const scripted = await startScriptedSmtp({
    EHLO: "250-scripted\r\n250 AUTH PLAIN",
    AUTH: answer(secret, base64),
  });
  servers.push({ ...scripted, mails: [], logins: [], connections: () => 0 });
  const lines: string[] = [];
  const smtp = createSmtp(clock);
  const result = await smtp.send(job(scripted.port, {}, "user", secret), (line) => void lines.push(line));
  const shown = JSON.stringify(result) + lines.join("\n");
  expect(shown).toContain("535");
  expect(shown).toContain("********");
  expect(shown).not.toContain(secret);
  expect(shown).not.toContain(base64);
  // It has been there.
  expect(scripted.heard.join()).toContain(base64);
});

test("send: a server that talks without an end is cut off, in time", async () => {
  const scripted = await startScriptedSmtp({
    EHLO: (socket) => {
      const block = "250-and another thing\r\n".repeat(2_000);
      const more = () => {
        while (!socket.destroyed && socket.write(block)) {
          // As fast as it is taken.
        }
      };
      socket.on("drain", more);
      more();
    },
  });
  servers.push({ ...scripted, mails: [], logins: [], connections: () => 0 });
  const began = performance.now();
  expect(await send(job(scripted.port))).toMatch(/exceeds maximum/);
  expect(performance.now() - began).toBeLessThan(5_000);
});

test("send: what a server says is one line, and no novel", async () => {
  const scripted = await startScriptedSmtp({ MAIL: `550-${"x".repeat(5_000)}\r\n550 \u001b[2Jbye` });
  servers.push({ ...scripted, mails: [], logins: [], connections: () => 0 });
  const why = await send(job(scripted.port));
  expect(why.length).toBeLessThan(400);
  expect(why).not.toMatch(/\p{Cc}/u);
});
