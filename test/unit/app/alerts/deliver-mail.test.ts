import { expect, test } from "bun:test";
import { DELIVERY_MS, deliverMail } from "../../../../src/app/alerts/deliver-mail.ts";
import { composeMail } from "../../../../src/core/alerts/mail/compose-mail.ts";
import type { MailResult } from "../../../../src/ports/notices.ts";
import { MAIL, MAIL_SETTINGS } from "../../core/alerts/mail/mail.ts";

const PASSING: MailResult = { ok: false, why: "connection refused", passing: true };
const FOR_GOOD: MailResult = { ok: false, why: "535 no", passing: false };

/** Delivers one mail through a server that answers so, the last answer for ever. */
async function play(answers: readonly MailResult[], settings: object = {}) {
  const story: string[] = [];
  let nowMs = 0;
  let attempt = 0;
  const ok = await deliverMail(composeMail(MAIL, "h1", { ...MAIL_SETTINGS, ...settings }), {
    clock: {
      wallMs: () => 0,
      uptimeMs: () => nowMs,
      sleep: async (ms) => {
        nowMs += ms;
      },
    },
    transport: {
      send: async () => {
        story.push(`${nowMs / 1_000} s: attempt`);
        return answers[Math.min(attempt++, answers.length - 1)] ?? PASSING;
      },
    },
    logger: { log: (severity, from, text) => void story.push(`${severity} ${from}: ${text}`) },
  });
  return { ok, story, nowMs };
}

const WHAT = 'the mail "ALERT FROM h1: h2 has failed" to a@example.org through mail.example.org:587';

test("deliverMail: what is taken is in the log", async () => {
  expect(await play([{ ok: true }])).toEqual({
    ok: true,
    nowMs: 0,
    story: [
      "0 s: attempt",
      "info email: Mail sent to a@example.org through mail.example.org:587: ALERT FROM h1: h2 has failed",
    ],
  });
});

test("deliverMail: a server that is away is tried again, a few times, each said with its cause", async () => {
  const { ok, story, nowMs } = await play([PASSING]);
  expect(ok).toBe(false);
  expect(story.filter((line) => line.endsWith("attempt"))).toEqual([
    "0 s: attempt",
    "15 s: attempt",
    "75 s: attempt",
    "375 s: attempt",
  ]);
  expect(story[1]).toBe(`warning email: Cannot send ${WHAT}: connection refused. It is tried again in 15 s.`);
  expect(story.at(-1)).toBe(
    `error email: Cannot send ${WHAT}: connection refused. It is not tried again; try the settings with: ha-cfg email-debug`,
  );
  // Each attempt has a minute.
  expect(nowMs + 4 * 60_000).toBeLessThan(DELIVERY_MS);
});

test("deliverMail: what is refused for good is not tried again", async () => {
  const { ok, story } = await play([FOR_GOOD]);
  expect([ok, story.filter((line) => line.endsWith("attempt")).length]).toEqual([false, 1]);
});

test("deliverMail: a later attempt that succeeds is the last", async () => {
  const { ok, nowMs } = await play([PASSING, { ok: true }]);
  expect([ok, nowMs]).toEqual([true, 15_000]);
});

test("deliverMail: LOG_email=0 says nothing", async () => {
  const { story } = await play([FOR_GOOD], { logOff: new Set(["email"]) });
  expect(story).toEqual(["0 s: attempt"]);
});
