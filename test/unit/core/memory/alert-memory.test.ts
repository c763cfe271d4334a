import { describe, expect, test } from "bun:test";
import { nextMail } from "../../../../src/core/alerts/alert-queue.ts";
import {
  type AlertMemory,
  EMPTY_QUEUE,
  isAlertMemory,
  NO_ALERTS,
  rebaseAlerts,
} from "../../../../src/core/memory/alert-memory.ts";
import type { Alert } from "../../../../src/core/model/alert.ts";
import { ALERT } from "../alerts/mail/mail.ts";
import { vm } from "../fixtures.ts";

const MINUTE = 60_000;

/** Three alerts wait: one for each kind of target. */
const WAITING: AlertMemory = {
  active: { "host-failed:h2": "h2 has failed." },
  lastSent: { "host-failed:h2": { atMs: 90 * MINUTE, heldBack: 3 } },
  queue: {
    unmailed: [{ ...ALERT, atMs: 99 * MINUTE, repeats: { count: 2, sinceMs: 40 * MINUTE } }],
    unposted: [
      { ...ALERT, atMs: 95 * MINUTE, target: { kind: "pool" } },
      { ...ALERT, atMs: 98 * MINUTE, target: { kind: "vm", uuid: vm("web") } },
    ],
    mailedAtMs: [85 * MINUTE, 90 * MINUTE],
  },
};

describe("isAlertMemory", () => {
  test("what was written is one", () => {
    expect(isAlertMemory(JSON.parse(JSON.stringify(WAITING)))).toBe(true);
    expect(isAlertMemory(NO_ALERTS)).toBe(true);
  });

  const queued = (alert: object) => ({
    ...NO_ALERTS,
    queue: { ...EMPTY_QUEUE, unposted: [{ ...ALERT, ...alert }] },
  });
  test("an alert as it is now is one", () => expect(isAlertMemory(queued({}))).toBe(true));

  const damaged: readonly [string, unknown][] = [
    ["a time alone, as an earlier version kept it", { ...NO_ALERTS, lastSent: { a: 5 } }],
    ["no queue", { active: {}, lastSent: {} }],
    ["a condition that is no text", { ...NO_ALERTS, active: { a: true } }],
    ["a function that the manual does not have", queued({ from: "reboot" })],
    ["a severity that is none", queued({ severity: "fatal" })],
    ["a target that is none", queued({ target: { kind: "network", uuid: "n1" } })],
    ["a host that is not named", queued({ target: { kind: "host" } })],
    ["no target", queued({ target: undefined })],
    ["repeats without a time", queued({ repeats: { count: 2 } })],
    ["mails at no time", { ...NO_ALERTS, queue: { ...EMPTY_QUEUE, mailedAtMs: [null] } }],
  ];
  for (const [what, value] of damaged) test(`${what}: none`, () => expect(isAlertMemory(value)).toBe(false));
});

describe("rebaseAlerts", () => {
  const rebased = rebaseAlerts(WAITING, 100 * MINUTE);
  const minutes = (alerts: readonly Alert[]) => alerts.map(({ atMs }) => atMs / MINUTE);

  test("conditions are forgotten, so that they are logged anew", () => expect(rebased.active).toEqual({}));

  test("what went out before a boot is as long ago as it was then, and what was held back is still counted", () =>
    expect(rebased.lastSent).toEqual({ "host-failed:h2": { atMs: -10 * MINUTE, heldBack: 3 } }));

  test("what waited before a boot is as old as it was then", () => {
    expect(minutes(rebased.queue.unmailed)).toEqual([-1]);
    expect(minutes(rebased.queue.unposted)).toEqual([-5, -2]);
  });

  test("what it repeats began as long before it as it did", () =>
    expect(rebased.queue.unmailed[0]?.repeats).toEqual({ count: 2, sinceMs: -60 * MINUTE }));

  test("an alert that repeats nothing still repeats nothing", () =>
    expect(rebased.queue.unposted.map(({ repeats }) => repeats)).toEqual([null, null]));

  test("the mails that have left are as long ago as they were", () =>
    expect(rebased.queue.mailedAtMs).toEqual([-15 * MINUTE, -10 * MINUTE]));

  test("nothing else of an alert changes", () => {
    const [before] = WAITING.queue.unposted;
    expect(rebased.queue.unposted[0]).toEqual({ ...before, atMs: -5 * MINUTE } as Alert);
  });

  test("nothing is of the future, however long ago the pool was seen last", () => {
    const { lastSent, queue } = rebaseAlerts(WAITING, 0);
    expect(lastSent["host-failed:h2"]?.atMs).toBe(-9 * MINUTE);
    expect(minutes([...queue.unmailed, ...queue.unposted])).toEqual([0, -4, -1]);
    expect(queue.mailedAtMs).toEqual([-14 * MINUTE, -9 * MINUTE]);
  });

  test("nor is what waits for XAPI alone, with nothing told lately", () => {
    const queue = { ...EMPTY_QUEUE, unposted: WAITING.queue.unposted };
    expect(minutes(rebaseAlerts({ ...NO_ALERTS, queue }, 0).queue.unposted)).toEqual([-3, 0]);
  });

  test("ten mails that left long after the pool was seen last hold back none of the next boot", () => {
    const mailedAtMs = Array.from({ length: 10 }, (_, n) => (200 + n) * MINUTE);
    const { queue } = rebaseAlerts({ ...NO_ALERTS, queue: { ...EMPTY_QUEUE, mailedAtMs } }, 100 * MINUTE);
    expect(nextMail({ ...queue, unmailed: [ALERT] }, MINUTE)).toEqual([ALERT]);
  });

  test("a boot in which nothing happened changes nothing", () =>
    expect(rebaseAlerts(rebased, 0)).toEqual(rebased));
});
