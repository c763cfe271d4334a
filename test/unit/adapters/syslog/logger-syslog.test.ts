import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { createSystemClock } from "../../../../src/adapters/processes/clock-system.ts";
import { createSyslogLogger } from "../../../../src/adapters/syslog/logger-syslog.ts";
import { PATH, ScratchFolder, until } from "../scratch.ts";

const clock = createSystemClock();
const folder = new ScratchFolder();

const mask = (text: string) => text.replaceAll("topsecret", "********");

/** A `logger` in the place of the system's, which notes its arguments and what it reads. */
function syslog(body = '{ echo "$*"; cat; } >>"$NOTES"') {
  const name = crypto.randomUUID();
  const notes = folder.at(`${name}.notes`);
  folder.script(`${name}/logger`, `NOTES='${notes}'\n${body}`);
  const environment = { PATH: `${folder.at(name)}:${PATH}` };
  const logger = createSyslogLogger({ clock, environment, foreground: false, mask });
  return {
    logger,
    lines: () => (existsSync(notes) ? readFileSync(notes, "utf8").trimEnd().split("\n") : []),
  };
}

test("createSyslogLogger: tag with the pid, facility user, the severity, the function's name", async () => {
  const { logger, lines } = syslog();
  logger.log("critical", "fence_host", "Host h2 is off.");
  await logger.flush();
  expect(lines()).toEqual([`-t ha-lizard[${process.pid}] -p user.crit`, "fence_host: Host h2 is off."]);
});

test("createSyslogLogger: every severity has a priority of syslog's", async () => {
  const { logger, lines } = syslog('echo "$4" >>"$NOTES"; cat >/dev/null');
  for (const severity of ["debug", "info", "warning", "error", "critical"] as const)
    logger.log(severity, "email", "x");
  await logger.flush();
  expect(lines()).toEqual(["user.debug", "user.info", "user.warning", "user.err", "user.crit"]);
});

test("createSyslogLogger: lines keep their order", async () => {
  const { logger, lines } = syslog('cat >>"$NOTES"');
  for (let number = 0; number < 50; number++) logger.log("info", "vm_mon", String(number));
  await logger.flush();
  expect(lines()).toEqual(Array.from({ length: 50 }, (_, number) => `vm_mon: ${number}`));
});

test("createSyslogLogger: a text cannot begin a line of its own", async () => {
  const { logger, lines } = syslog('cat >>"$NOTES"');
  logger.log("info", "vm_mon", "VM x\nroot: all is well\r\u001b[2J");
  await logger.flush();
  expect(lines()).toEqual(["vm_mon: VM x root: all is well [2J"]);
});

test("createSyslogLogger: a text that begins with a dash is no option", async () => {
  const { logger, lines } = syslog();
  logger.log("info", "vm_mon", "-f /etc/shadow");
  await logger.flush();
  expect(lines()[0]).not.toContain("shadow");
  expect(lines()[1]).toBe("vm_mon: -f /etc/shadow");
});

test("createSyslogLogger: no logger, or one that fails, changes nothing for the caller", async () => {
  const environment = { PATH: folder.at("empty") };
  const missing = createSyslogLogger({ clock, environment, foreground: false, mask });
  const { logger: failing } = syslog("exit 1");
  for (const logger of [missing, failing]) {
    logger.log("error", "email", "x");
    await logger.flush();
  }
});

test("createSyslogLogger: one that hangs holds the caller not at all and the flush no longer than its own limit", async () => {
  const { logger } = syslog("while $ALIVE 2>/dev/null; do sleep 0.2; done");
  const began = performance.now();
  for (let number = 0; number < 1_000; number++) logger.log("info", "vm_mon", String(number));
  expect(performance.now() - began).toBeLessThan(500);
  await logger.flush();
  expect(performance.now() - began).toBeLessThan(4_000);
});

test("createSyslogLogger: the system's own logger takes what we give it", async () => {
  const packet = Promise.withResolvers<string>();
  const server = await Bun.udpSocket({
    hostname: "127.0.0.1",
    socket: { data: (_, data) => packet.resolve(data.toString()) },
  });
  try {
    // The same program with the same arguments, but its syslog is ours.
    const { logger } = syslog(`PATH='${PATH}' exec logger -d -n 127.0.0.1 -P ${server.port} --rfc3164 "$@"`);
    logger.log("warning", "check_quorum", "No quorum.");
    await logger.flush();
    // 12 is user.warning.
    expect(await packet.promise).toMatch(
      new RegExp(`^<12>.* ha-lizard\\[${process.pid}\\]: check_quorum: No quorum\\.$`),
    );
  } finally {
    server.close();
  }
});

/** What the system's own `logger` makes of a text: the records that reach a syslog, without their heads. */
async function recordsOf(text: string): Promise<readonly string[]> {
  const records: string[] = [];
  const server = await Bun.udpSocket({
    hostname: "127.0.0.1",
    socket: { data: (_, data) => void records.push(data.toString()) },
  });
  try {
    const { logger } = syslog(`PATH='${PATH}' exec logger -d -n 127.0.0.1 -P ${server.port} --rfc3164 "$@"`);
    logger.log("info", "vm_mon", text);
    logger.log("info", "vm_mon", "the end");
    await logger.flush();
    await until(() => records.some((record) => record.endsWith("vm_mon: the end")));
    return records.map((record) => record.replace(/^.*?\]: /s, "")).slice(0, -1);
  } finally {
    server.close();
  }
}

test.each([
  ["a name of 4 KB", "x".repeat(4_096)],
  ["a name of 4 KB of three bytes each", "\u6771".repeat(4_096)],
  ["a name of four bytes each", "\u{1f427}".repeat(1_000)],
  ["a megabyte", "y ".repeat(500_000)],
  ["line breaks of every kind", "a\nb\r\nc\u2028d\u0085e\u000bf\u000cg"],
  ["a second record", `${"z".repeat(1_000)}\n<10>Nov 23 09:41:40 h1 kernel: all is well`],
  ["escape sequences", "\u001b]0;title\u0007\u001b[2J\u009b1m"],
  ["directions of writing", "\u202eexe.fdp\u202c\u2066x\u2069"],
  ["no text at all", ""],
  ["zero bytes", "a\0b"],
  ["half of a pair", "a\ud83db"],
])("createSyslogLogger: %s is one record, whole characters, within what a record holds", async (_, text) => {
  const records = await recordsOf(`VM ${text} was started.`);
  expect(records.length).toBe(1);
  const [record = ""] = records;
  expect(Buffer.byteLength(record)).toBeLessThanOrEqual(900);
  expect(record).toStartWith("vm_mon: VM ");
  expect(record).not.toMatch(/[\p{Cc}\u2028\u2029\u202e\ufffd]/u);
  expect(record).toMatch(/ was started\.$|\u2026 \(\d+ bytes cut\)$/);
});

test("createSyslogLogger: no password, whoever says it", async () => {
  const { logger, lines } = syslog('cat >>"$NOTES"');
  logger.log("error", "email", "535 topsecret is wrong");
  await logger.flush();
  expect(lines()).toEqual(["email: 535 ******** is wrong"]);
});

test("createSyslogLogger: says what the parameters want, and everything before they are known", async () => {
  const { logger, lines } = syslog('cat >>"$NOTES"');
  const say = () => {
    logger.log("critical", "check_xapi", "a");
    logger.log("info", "fence_host", "b");
  };
  say();
  logger.obey?.({ ENABLE_LOGGING: true, logOff: new Set(["fence_host"]) });
  say();
  logger.obey?.({ ENABLE_LOGGING: false, logOff: new Set() });
  say();
  await logger.flush();
  expect(lines()).toEqual(["check_xapi: a", "fence_host: b", "check_xapi: a"]);
});

test("createSyslogLogger: what an administrator changed is silenced by ENABLE_LOGGING=0 only", async () => {
  const { logger, lines } = syslog('cat >>"$NOTES"');
  logger.obey?.({ ENABLE_LOGGING: true, logOff: new Set(["vm_mon"]) });
  logger.log("info", "ha-cfg", "a change");
  logger.log("info", "vm_mon", "not wanted");
  logger.obey?.({ ENABLE_LOGGING: false, logOff: new Set() });
  logger.log("info", "ha-cfg", "not wanted");
  await logger.flush();
  expect(lines()).toEqual(["ha-cfg: a change"]);
});
