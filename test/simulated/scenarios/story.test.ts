import { expect, test } from "bun:test";
import { hostDefaults } from "../../../src/simulation/spec.ts";
import type { LogEntry } from "../../../src/simulation/world.ts";
import { renderStory } from "./story.ts";

const TEXT = "h3 is down: no response to any of the retries.";
const SUBJECT = "h3 is down";
const log = (atS: number, host: number, text = TEXT): LogEntry => ({
  atMs: atS * 1_000,
  what: "log",
  host,
  severity: "error",
  from: "check_slave_status",
  text,
});
const mail = (atS: number, host: number, body = TEXT): LogEntry => ({
  atMs: atS * 1_000,
  what: "mail",
  host,
  severity: "error",
  subject: SUBJECT,
  body,
});
const message = (atS: number, host: number, body = TEXT): LogEntry => ({
  atMs: atS * 1_000,
  what: "message",
  host,
  body: `${SUBJECT}\n${body}\nCheck its power.`,
});
const LINE = "h1 error check_slave_status: h3 is down: no response to any of the retries.";
const story = (entries: readonly LogEntry[]): readonly string[] =>
  renderStory(entries)
    .split("\n")
    .filter((line) => line !== "");

test("renderStory: time, what, who; hosts by their names", () => {
  const power: LogEntry = { atMs: 61_500, what: "power-off", host: 3 };
  const dead: LogEntry = {
    atMs: 725_000,
    what: "domain-ended",
    host: 2,
    vm: "vm1",
    why: hostDefaults(2).uuid,
  };
  expect(story([power, dead])).toEqual(["  1:01.5  power-off h3", " 12:05.0  domain-ended h2 vm1 why=h2"]);
});

test("renderStory: a mail and a message are marks on the line that caused them, at whatever time they went out", () => {
  expect(story([log(1, 1), mail(1, 1)])).toEqual([`  0:01.0  ${LINE}  [mail]`]);
  expect(story([log(1, 1), mail(1, 1), message(90, 1)])).toEqual([`  0:01.0  ${LINE}  [mail, message]`]);
  expect(story([log(1, 1), message(1, 1)])).toEqual([`  0:01.0  ${LINE}  [message]`]);
});

test("renderStory: the newest line is marked, and each line by one mail only", () => {
  const twice = [log(1, 1), mail(1, 1), log(60, 1), mail(60, 1)];
  expect(story(twice)).toEqual([`  0:01.0  ${LINE}  [mail]`, `  1:00.0  ${LINE}  [mail]`]);
  expect(story([log(1, 1), log(60, 1), mail(60, 1)])).toEqual([
    `  0:01.0  ${LINE}`,
    `  1:00.0  ${LINE}  [mail]`,
  ]);
});

test("renderStory: what no line caused keeps a line of its own", () => {
  const alarm: LogEntry = {
    atMs: 3_000,
    what: "alarm",
    host: 1,
    severity: "critical",
    subject: "HA may not work",
  };
  const own = "  0:02.0  h1 mail error: h3 is down";
  expect(story([alarm])).toEqual(["  0:03.0  h1 alarm critical: HA may not work"]);
  // No line, a second mail for one line, a line of another host, and a line that comes later.
  expect(story([mail(2, 1)])).toEqual([own]);
  expect(story([log(1, 1), mail(1, 1), mail(2, 1)])).toEqual([`  0:01.0  ${LINE}  [mail]`, own]);
  expect(story([log(1, 2), mail(2, 1)])[1]).toBe(own);
  expect(story([mail(2, 1), log(2, 1)])[0]).toBe(own);
  expect(story([message(2, 1)])).toEqual(["  0:02.0  message  h3 is down"]);
});

test("renderStory: a mail that says something else than the line is no mark on it", () => {
  const other = "h3 is down: its switch burns.";
  expect(story([log(1, 1), mail(1, 1, other)])[1]).toBe("  0:01.0  h1 mail error: h3 is down");
  expect(story([log(1, 1), { ...mail(1, 1), severity: "critical" }])[1]).toBe(
    "  0:01.0  h1 mail critical: h3 is down",
  );
});

test("renderStory: the message of a slave, which its master's xapi keeps, marks the line that the slave mailed", () => {
  const ofSlave = [log(1, 2), log(1, 3), mail(1, 2), log(2, 3), message(4, 1)];
  expect(story(ofSlave).map((line) => line.includes("message"))).toEqual([true, false, false]);
  // The master's own line goes before a slave's.
  const ofBoth = [log(1, 1), mail(1, 1), log(2, 2), mail(2, 2), message(4, 1)];
  expect(story(ofBoth).map((line) => line.includes("message"))).toEqual([true, false]);
  // A line of a slave that was not mailed caused nothing.
  expect(story([log(1, 2), message(4, 1)])).toHaveLength(2);
});

test("renderStory in full: mails and messages are lines of their own", () => {
  expect(renderStory([log(1, 1), mail(1, 1), message(1, 1)], "in full").split("\n")).toEqual([
    `  0:01.0  ${LINE}`,
    "  0:01.0  h1 mail error: h3 is down",
    "  0:01.0  message  h3 is down",
    "",
  ]);
});

test("renderStory: that a monitor has started is not told", () => {
  expect(story([log(1, 1, "The monitor has started.")])).toEqual([]);
});
