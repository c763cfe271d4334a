import { createSmtp } from "../../../src/adapters/mail/smtp.ts";
import { createPinger } from "../../../src/adapters/peers/pinger-icmp.ts";
import { createSystemClock } from "../../../src/adapters/processes/clock-system.ts";
import { watchEvents } from "../../../src/app/daemons/watch-events.ts";
import type { MailJob } from "../../../src/core/alerts/mail/compose-mail.ts";
import { portClock, VirtualClock } from "../../../src/simulation/clock.ts";
import type { Random } from "../../../src/simulation/random.ts";
import { startScriptedSmtp } from "../../unit/adapters/mail/scripted-smtp.ts";
import { mangleData, mangleText } from "./mangle.ts";
import { claim, type Target } from "./target.ts";

const SECRET = "tops3cret";
const COMMANDS = ["connected", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "."] as const;
const POLITE: Readonly<Record<(typeof COMMANDS)[number], string>> = {
  connected: "220 scripted",
  EHLO: "250-scripted\r\n250-STARTTLS\r\n250 AUTH PLAIN",
  AUTH: `535 ${SECRET} is wrong`,
  MAIL: "250 ok",
  RCPT: "450 later",
  DATA: "354 go on",
  ".": "250 taken",
};

/** A mail server of which any answer may be any bytes, over a real connection. `close` ends it. */
export async function mailTarget(): Promise<Target & { close(): Promise<void> }> {
  let answers: Readonly<Record<string, string>> = POLITE;
  const script = Object.fromEntries(
    COMMANDS.map((word) => [
      word,
      (socket: { write(text: string): unknown }) => socket.write(`${answers[word]}\r\n`),
    ]),
  );
  const server = await startScriptedSmtp(script);
  const limits = { connectMs: 40, silenceMs: 40, totalMs: 200 };
  const smtp = createSmtp(createSystemClock(), { limits });
  const job: MailJob = {
    server: { host: "127.0.0.1", port: server.port, user: "user", password: SECRET, tls: "off" },
    from: "root@h1",
    to: ["a@example.org", "b@example.org"],
    subject: "x",
    text: "x",
    html: "x",
    log: false,
  };
  return {
    name: "answers of a mail server",
    async play(random) {
      const bent = random.pick(COMMANDS);
      answers = { ...POLITE, [bent]: mangleText(random, POLITE[bent]) };
      const lines: string[] = [];
      const result = await smtp.send(job, (line) => void lines.push(line));
      const shown = JSON.stringify(result) + lines.join("\n");
      claim(!shown.includes(SECRET), "the password is masked");
      claim(shown.length < 300_000, "what is shown is bounded");
    },
    close: () => server.close(),
  };
}

const EVENTS = {
  token: "t",
  events: [{ class: "vm", operation: "mod", snapshot: { power_state: "Halted", other_config: {} } }],
};

/** What XAPI says of its events: the monitor itself reads it. */
export const eventsTarget: Target = {
  name: "events of xapi",
  async play(random: Random) {
    const clock = new VirtualClock();
    const over = new AbortController();
    let calls = 0;
    let wakes = 0;
    const transport = {
      call: async (method: string) => {
        calls += 1;
        if (calls > 12) over.abort();
        const value = method.startsWith("session.") ? "OpaqueRef:s" : mangleData(random, EVENTS);
        return { ok: true as const, value };
      },
      close: async () => undefined,
    };
    const ports = { clock: portClock(clock, () => 0), transport, isMaster: async () => true };
    const ended = watchEvents({ ...ports, wake: () => void wakes++ }, over.signal);
    for (let rounds = 0; rounds < 40 && !over.signal.aborted; rounds++) await clock.run(10_000);
    over.abort();
    await clock.run(1_000);
    await ended;
    claim(wakes <= calls, "no more than one wake-up for an answer");
  },
};

const PING = `PING 127.0.0.1 (127.0.0.1) 56(84) bytes of data.
64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=0.030 ms

--- 127.0.0.1 ping statistics ---
1 packets transmitted, 1 received, 0% packet loss, time 0ms
`;

/** What `ping` says, from a program in its place; `write` replaces what that program says. */
export function pingTarget(path: string, write: (text: string) => void): Target {
  const env = process.env["PATH"];
  process.env["PATH"] = `${path}:${env ?? ""}`;
  const pinger = createPinger({ clock: createSystemClock() });
  process.env["PATH"] = env ?? "";
  return {
    name: "answers of ping",
    async play(random) {
      write(mangleText(random, PING));
      await pinger.ping("127.0.0.1", new AbortController().signal);
    },
  };
}
