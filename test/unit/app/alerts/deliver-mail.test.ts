import { expect, test } from "bun:test";
import { DELIVERY_MS, deliverMail } from "../../../../src/app/alerts/deliver-mail.ts";
import { composeMail } from "../../../../src/core/alerts/mail/compose-mail.ts";
import type { MailResult } from "../../../../src/ports/notices.ts";
import { MAIL, MAIL_SETTINGS } from "../../core/alerts/mail/mail.ts";

const NOBODY = { ok: false, refused: [], cure: null } as const;
const PASSING: MailResult = { ...NOBODY, why: "connection refused", passing: true };
const FOR_GOOD: MailResult = { ...NOBODY, why: "535 no", passing: false };
const TAKEN: MailResult = { ok: true, taken: ["a@example.org"], refused: [], unencrypted: null };
const refused = (address: string, code: number) => ({
  address,
  why: `${code} no`,
  passing: code < 500,
});

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
      send: async ({ to }) => {
        const alone = to.length === 1 ? "" : ` for ${to.join(", ")}`;
        story.push(`${nowMs / 1_000} s: attempt${alone}`);
        return answers[Math.min(attempt++, answers.length - 1)] ?? PASSING;
      },
    },
    logger: { log: (severity, from, text) => void story.push(`${severity} ${from}: ${text}`) },
  });
  return { ok, story, nowMs };
}

const WHAT = 'the mail "ALERT FROM h1: h2 has failed" to a@example.org through mail.example.org:587';

test("deliverMail: what is taken is in the log", async () => {
  expect(await play([TAKEN])).toEqual({
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
    `error email: Cannot send ${WHAT}: connection refused. It is not tried again. Try the settings with: ha-cfg email-debug.`,
  );
  // Each attempt has a minute.
  expect(nowMs + 4 * 60_000).toBeLessThan(DELIVERY_MS);
});

test("deliverMail: what is refused for good is not tried again", async () => {
  const { ok, story } = await play([FOR_GOOD]);
  expect([ok, story.filter((line) => line.endsWith("attempt")).length]).toEqual([false, 1]);
});

test("deliverMail: a later attempt that succeeds is the last", async () => {
  const { ok, nowMs } = await play([PASSING, TAKEN]);
  expect([ok, nowMs]).toEqual([true, 15_000]);
});

test("deliverMail: LOG_email=0 says nothing", async () => {
  const { story } = await play([FOR_GOOD], { logOff: new Set(["email"]) });
  expect(story).toEqual(["0 s: attempt"]);
});

const THREE = { MAIL_TO: ["a@example.org", "b@example.org", "c@example.org"] };
const cannot = (to: string) =>
  `Cannot send the mail "ALERT FROM h1: h2 has failed" to ${to} through mail.example.org:587`;

test("deliverMail: some are refused: the others have it, one for good is named, one for now is tried again alone", async () => {
  const first: MailResult = {
    ...TAKEN,
    refused: [refused("b@example.org", 550), refused("c@example.org", 450)],
  };
  const second: MailResult = { ...TAKEN, taken: ["c@example.org"] };
  const { ok, story } = await play([first, second], THREE);
  expect(ok).toBe(false);
  expect(story).toEqual([
    "0 s: attempt for a@example.org, b@example.org, c@example.org",
    "info email: Mail sent to a@example.org through mail.example.org:587: ALERT FROM h1: h2 has failed",
    `error email: ${cannot("b@example.org")}: 550 no. It is not tried again for this address; check MAIL_TO.`,
    `warning email: ${cannot("c@example.org")}: 450 no. It is tried again in 15 s.`,
    "15 s: attempt",
    "info email: Mail sent to c@example.org through mail.example.org:587: ALERT FROM h1: h2 has failed",
  ]);
});

test("deliverMail: everybody is refused, each for a reason of his own", async () => {
  const all: MailResult = {
    ...PASSING,
    refused: [refused("a@example.org", 550), refused("b@example.org", 451), refused("c@example.org", 554)],
  };
  const { ok, story } = await play([all, { ...TAKEN, taken: ["b@example.org"] }], THREE);
  expect(ok).toBe(false);
  expect(story.filter((line) => line.includes("attempt"))).toEqual([
    "0 s: attempt for a@example.org, b@example.org, c@example.org",
    "15 s: attempt",
  ]);
  expect(story.filter((line) => line.startsWith("error")).length).toBe(2);
  expect(story.at(-1)).toStartWith("info email: Mail sent to b@example.org ");
});

test("deliverMail: one that is greylisted for ever is given up, and said", async () => {
  const grey: MailResult = { ...PASSING, refused: [refused("a@example.org", 450)] };
  const { ok, story } = await play([grey]);
  expect(ok).toBe(false);
  expect(story.filter((line) => line.endsWith("attempt")).length).toBe(4);
  expect(story.at(-1)).toBe(
    `error email: ${cannot("a@example.org")}: 450 no. It is not tried again for this address.`,
  );
});

test("deliverMail: a greylisted one that is taken later is no loss", async () => {
  const grey: MailResult = { ...TAKEN, taken: ["a@example.org"], refused: [refused("b@example.org", 450)] };
  const { ok } = await play([grey, { ...TAKEN, taken: ["b@example.org"] }], {
    MAIL_TO: ["a@example.org", "b@example.org"],
  });
  expect(ok).toBe(true);
});

test("deliverMail: a mail that went in the clear is sent, and said with what to do", async () => {
  const { ok, story } = await play([{ ...TAKEN, unencrypted: "mail:587 does not encrypt (454 no)" }]);
  expect(ok).toBe(true);
  expect(story.at(-1)).toBe(
    "warning email: That mail went unencrypted: mail:587 does not encrypt (454 no). To insist on encryption: ha-cfg set SMTP_TLS starttls.",
  );
});

test("deliverMail: the cure of the failure is what is said", async () => {
  const { story } = await play([{ ...FOR_GOOD, why: "no", cure: "Do this." }]);
  expect(story.at(-1)).toEndWith(": no. It is not tried again. Do this.");
});
