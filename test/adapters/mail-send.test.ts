import { afterAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { sendMail } from "../../src/adapters/mail-send.ts";
import type { MailJob } from "../../src/adapters/mailer-child.ts";
import { ScratchFolder } from "./scratch.ts";
import { type SmtpBehaviour, type SmtpServer, startSmtpServer } from "./smtp-server.ts";

const folder = new ScratchFolder();
const servers: SmtpServer[] = [];
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
});

async function server(behaviour: SmtpBehaviour = {}): Promise<SmtpServer> {
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

const job = (port: number, changes: Partial<MailJob> = {}, user = "", password = ""): string =>
  JSON.stringify({
    server: { host: "127.0.0.1", port, user, password },
    from: "root@h1",
    to: ["a@example.org", "b@example.org"],
    subject: "Host h2 has failed",
    text: "Line one.\n.\nLine three.\n",
    ...changes,
  } satisfies MailJob);

const why = (sending: Promise<void>): Promise<string> =>
  sending.then(
    () => "sent",
    (error: unknown) => String(error),
  );

test("sendMail: the whole mail arrives at every recipient, in the open where nothing else is offered", async () => {
  const { port, mails } = await server();
  await sendMail(job(port));
  expect(mails.length).toBe(1);
  expect(mails[0]?.from).toBe("MAIL FROM:<root@h1>");
  expect(mails[0]?.to).toEqual(["RCPT TO:<a@example.org>", "RCPT TO:<b@example.org>"]);
  expect(mails[0]?.encrypted).toBe(false);
  expect(mails[0]?.data).toContain("Subject: Host h2 has failed\n");
  expect(mails[0]?.data).toEndWith("Line one.\n..\nLine three.\n");
});

test("sendMail: STARTTLS when offered, also with a certificate that nobody signed", async () => {
  const { port, mails } = await server({ tls });
  await sendMail(job(port));
  expect(mails.map((mail) => mail.encrypted)).toEqual([true]);
});

test("sendMail: logs in when there is a user, and only after STARTTLS", async () => {
  const { port, mails, commands } = await server({ tls, login: "user:p wörd" });
  await sendMail(job(port, {}, "user", "p wörd"));
  expect(mails.map(({ login, encrypted }) => [login, encrypted])).toEqual([["user:p wörd", true]]);
  const verbs = commands.map((command) => command.split(" ")[0]);
  expect(verbs.indexOf("STARTTLS")).toBeLessThan(verbs.indexOf("AUTH"));
});

test("sendMail: does not log in when there is no user", async () => {
  const { port, commands } = await server({ login: "user:password" });
  expect(await why(sendMail(job(port)))).toContain("530");
  expect(commands.filter((command) => command.startsWith("AUTH"))).toEqual([]);
});

test("sendMail: a wrong password is an error that does not repeat it", async () => {
  const { port, mails } = await server({ login: "user:right" });
  const error = await why(sendMail(job(port, {}, "user", "topsecret")));
  expect(error).toContain("535");
  expect(error).not.toContain("topsecret");
  expect(mails).toEqual([]);
});

test("sendMail: a server that takes no recipient is an error", async () => {
  const { port } = await server({ trouble: "refuses" });
  expect(await why(sendMail(job(port)))).toContain("550");
});

test("sendMail: a server that is silent, hangs up, or is not there costs no longer than the limits", async () => {
  const limits = { connectMs: 300, silenceMs: 300 };
  const gone = await server();
  await gone.close();
  const ports = [
    (await server({ trouble: "silent" })).port,
    (await server({ trouble: "hangs up" })).port,
    gone.port,
  ];
  const began = performance.now();
  const errors = await Promise.all(ports.map((port) => why(sendMail(job(port), limits))));
  expect(performance.now() - began).toBeLessThan(3_000);
  expect(errors).not.toContain("sent");
});

test("sendMail: what is no mail is refused before anybody is asked", async () => {
  const { port, connections } = await server();
  for (const text of ["", "{", "{}", JSON.stringify({ ...JSON.parse(job(port)), to: "a@example.org" })]) {
    expect([text, await why(sendMail(text))]).not.toEqual([text, "sent"]);
  }
  expect(connections()).toBe(0);
});

test("sendMail: a subject with a line break cannot add a header", async () => {
  const { port, mails } = await server();
  await sendMail(job(port, { subject: "x\r\nBcc: c@example.org" }));
  expect(mails[0]?.data).not.toMatch(/^Bcc:/m);
});

test("sendMail: port 465 is TLS from the start", async () => {
  // The port is everybody's, so the test has it in a network of its own.
  const code = `
    import { sendMail } from "${import.meta.dir}/../../src/adapters/mail-send.ts";
    import { startSmtpServer } from "${import.meta.dir}/smtp-server.ts";
    setTimeout(() => process.exit(9), 8_000).unref();
    const server = await startSmtpServer({ tls: ${JSON.stringify(tls)}, implicitTls: true, port: 465 });
    await sendMail(${JSON.stringify(job(465))});
    console.log(server.mails.length, server.mails[0]?.encrypted, server.commands.includes("STARTTLS"));
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
