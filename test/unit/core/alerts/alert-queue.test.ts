import { describe, expect, test } from "bun:test";
import {
  dropStale,
  enqueue,
  mailed,
  nextMail,
  nextPosts,
  posted,
  putBack,
} from "../../../../src/core/alerts/alert-queue.ts";
import { type AlertQueue, EMPTY_QUEUE } from "../../../../src/core/memory/alert-memory.ts";
import type { Alert } from "../../../../src/core/model/alert.ts";
import { ALERT } from "./mail/mail.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const ALL = { MAIL_ON: true, ENABLE_ALERTS: true, mailOff: new Set<string>() };
const alert = (key: string, over: Partial<Alert> = {}): Alert => ({ ...ALERT, key, ...over });
const keys = (alerts: readonly Alert[]) => alerts.map(({ key }) => key).join(" ");

describe("enqueue", () => {
  const waits = (ways: Partial<typeof ALL>) => {
    const queue = enqueue(EMPTY_QUEUE, [alert("a")], { ...ALL, ...ways });
    return `${queue.unmailed.length} mails ${queue.unposted.length} messages`;
  };
  test("by mail and by XAPI", () => expect(waits({})).toBe("1 mails 1 messages"));
  test("MAIL_ON=0: no mail", () => expect(waits({ MAIL_ON: false })).toBe("0 mails 1 messages"));
  test("ENABLE_ALERTS=0: no message", () =>
    expect(waits({ ENABLE_ALERTS: false })).toBe("1 mails 0 messages"));
  test("MAIL_check_slave_status=0: no mail of that function", () =>
    expect(waits({ mailOff: new Set(["check_slave_status"]) })).toBe("0 mails 1 messages"));
  test("it has a bound, and the latest are kept", () => {
    const many = Array.from({ length: 300 }, (_, n) => alert(`a${n}`));
    const { unmailed, unposted } = enqueue(EMPTY_QUEUE, many, ALL);
    expect([unmailed.length, unposted.length, unmailed.at(-1)?.key]).toEqual([100, 100, "a299"]);
  });
});

describe("nextMail", () => {
  test("all that waits is one mail, the worst first", () => {
    const waiting = [alert("a", { severity: "info" }), alert("b", { severity: "critical" }), alert("c")];
    const queue = enqueue(EMPTY_QUEUE, waiting, ALL);
    expect(keys(nextMail(queue, 0))).toBe("b c a");
    expect(nextMail(mailed(queue, nextMail(queue, 0), 0), 0)).toEqual([]);
  });

  test("after ten mails in ten minutes there is one a minute, with all that has gathered", () => {
    let queue: AlertQueue = EMPTY_QUEUE;
    const sent: string[] = [];
    for (let second = 0; second < 15 * 60; second++) {
      queue = enqueue(queue, second < 180 ? [alert(`a${second}`)] : [], ALL);
      const mail = nextMail(queue, second * SECOND);
      if (mail.length === 0) continue;
      sent.push(`${second} s: ${mail.length}`);
      queue = mailed(queue, mail, second * SECOND);
    }
    const one = Array.from({ length: 10 }, (_, second) => `${second} s: 1`);
    expect(sent).toEqual([...one, "69 s: 60", "129 s: 60", "189 s: 50"]);
  });
});

describe("nextPosts", () => {
  test("ten in a round, the oldest first", () => {
    let queue = enqueue(
      EMPTY_QUEUE,
      Array.from({ length: 12 }, (_, n) => alert(`a${n}`)),
      ALL,
    );
    expect(keys(nextPosts(queue))).toBe("a0 a1 a2 a3 a4 a5 a6 a7 a8 a9");
    for (const each of nextPosts(queue)) queue = posted(queue, each);
    expect(keys(nextPosts(queue))).toBe("a10 a11");
  });

  test("what XAPI did not take comes back in its place", () => {
    const [first, second] = [alert("a", { atMs: 1 }), alert("b", { atMs: 2 })];
    const queue = posted(enqueue(EMPTY_QUEUE, [first, second], ALL), first);
    expect(keys(nextPosts(putBack(queue, first)))).toBe("a b");
  });

  test("what is an hour old is dropped", () => {
    const events = [alert("a", { atMs: 0, lasting: false }), alert("b", { atMs: MINUTE, lasting: false })];
    const queue = enqueue(EMPTY_QUEUE, events, ALL);
    expect(keys(dropStale(queue, {}, 60 * MINUTE - 1).unposted)).toBe("a b");
    expect(keys(dropStale(queue, {}, 60 * MINUTE).unposted)).toBe("b");
  });

  test("a condition that is over is dropped, an event is not", () => {
    const waiting = [alert("is over"), alert("holds"), alert("event", { lasting: false })];
    const queue = enqueue(EMPTY_QUEUE, waiting, ALL);
    expect(keys(dropStale(queue, { holds: "text" }, 540_000).unposted)).toBe("holds event");
  });
});
