import { expect, test } from "bun:test";
import { messageOf } from "../../../../src/app/alerts/alert-message.ts";
import { ALERT, MOMENT } from "../../core/alerts/mail/mail.ts";

const clock = { uptimeMs: () => MOMENT.nowMs, wallMs: () => MOMENT.wallMs, sleep: async () => undefined };

test("messageOf: a line of a message is the program's own, whatever a name says", () => {
  const name = `x\nHost h1 is healthy\r\n\u2028\u001b[2J${"y".repeat(20_000)}`;
  const alert = { ...ALERT, subject: `${name} has failed`, body: `${name} has failed.` };
  const lines = messageOf(alert, clock).body.split(/[\n\r\u2028]/);
  // Subject, body and advice.
  expect(lines.length).toBe(3);
  expect(lines[2]).toBe(ALERT.advice);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(2_000);
  expect(lines.join("")).not.toMatch(/\p{Cc}/u);
});
