import { describe, expect, test } from "bun:test";
import { tellNotices } from "../../../../src/core/alerts/alert-policy.ts";
import { describeReason } from "../../../../src/core/alerts/describe-reason.ts";
import { type AlertMemory, NO_ALERTS, rebaseAlerts } from "../../../../src/core/memory/alert-memory.ts";
import type { Reason } from "../../../../src/core/model/reason.ts";

const SETTINGS = { MAIL_SCREEN_TIME: 60 };
const MINUTE = 60_000;
const suspect: Reason = { kind: "host-suspect", host: "h2" };
const failed: Reason = { kind: "host-failed", host: "h2", mine: true };
const started: Reason = { kind: "vm-started", vm: "web", uuid: null };

const noticesOf = (reasons: readonly Reason[]) =>
  reasons.map((reason) => ({ ...describeReason(reason), target: { kind: "pool" } as const }));

function play(rows: readonly [number, readonly Reason[]][], first: AlertMemory = NO_ALERTS) {
  let memory = first;
  return rows.map(([minute, reasons]) => {
    const telling = tellNotices(memory, noticesOf(reasons), minute * MINUTE, SETTINGS);
    memory = telling.memory;
    return `${telling.lines.length} lines ${telling.alerts.length} alerts`;
  });
}

describe("tellNotices", () => {
  test("a condition is told when it begins, not while it lasts", () =>
    expect(
      play([
        [0, [failed]],
        [1, [failed]],
        [2, [failed]],
      ]),
    ).toEqual(["1 lines 1 alerts", "0 lines 0 alerts", "0 lines 0 alerts"]));
  test("a condition that comes back within MAIL_SCREEN_TIME is logged, not mailed", () =>
    expect(
      play([
        [0, [failed]],
        [1, []],
        [2, [failed]],
      ]),
    ).toEqual(["1 lines 1 alerts", "0 lines 0 alerts", "1 lines 0 alerts"]));
  test("after MAIL_SCREEN_TIME it is mailed again", () =>
    expect(
      play([
        [0, [failed]],
        [1, []],
        [61, [failed]],
      ]).at(-1),
    ).toBe("1 lines 1 alerts"));
  test("an event is logged each time, mailed once within the time", () =>
    expect(
      play([
        [0, [started]],
        [1, [started]],
      ]),
    ).toEqual(["1 lines 1 alerts", "1 lines 0 alerts"]));
  test("a suspicion is a line, no alert", () => expect(play([[0, [suspect]]])).toEqual(["1 lines 0 alerts"]));
  test("two hosts are two conditions", () =>
    expect(play([[0, [failed, { ...failed, host: "h3" }]]])).toEqual(["2 lines 2 alerts"]));

  test("a number that changes in the reason of a VM that stays down is no news, another reason is", () => {
    const down = (why: string) => ({ kind: "vm-down", vm: "web", uuid: null, why }) as const;
    const free = (mib: number) => down(`its last start failed: ${mib} MiB are free`);
    expect(
      play([
        [0, [free(90)]],
        [70, [free(80)]],
        [140, [down("no healthy host is left for it")]],
      ]),
    ).toEqual(["1 lines 1 alerts", "0 lines 0 alerts", "1 lines 1 alerts"]);
  });

  test("what lasts is kept in the words of now, which people are shown", () => {
    const down = (mib: number) =>
      ({ kind: "vm-down", vm: "web", uuid: null, why: `${mib} MiB are free` }) as const;
    const { memory } = tellNotices(NO_ALERTS, noticesOf([down(90)]), 0, SETTINGS);
    const later = tellNotices(memory, noticesOf([down(80)]), MINUTE, SETTINGS);
    expect([later.lines, Object.values(later.memory.active)]).toEqual([
      [],
      ["web has been down for five minutes: 80 MiB are free."],
    ]);
  });

  test("what was held back is counted, and said with the next alert", () => {
    let memory = NO_ALERTS;
    const repeats = [0, 10, 20, 61, 70, 200].map((minute) => {
      const telling = tellNotices(memory, noticesOf([started]), minute * MINUTE, SETTINGS);
      memory = telling.memory;
      return telling.alerts.map((alert) => alert.repeats);
    });
    expect(repeats).toEqual([
      [null],
      [],
      [],
      [{ count: 3, sinceMs: 0 }],
      [],
      [{ count: 2, sinceMs: 61 * MINUTE }],
    ]);
  });
  test("what was held back a day ago is forgotten", () => {
    const { memory } = tellNotices(NO_ALERTS, noticesOf([started, started]), 0, SETTINGS);
    expect(Object.values(memory.lastSent)).toEqual([{ atMs: 0, heldBack: 1 }]);
    expect(tellNotices(memory, [], 24 * 60 * MINUTE, SETTINGS).memory.lastSent).toEqual({});
  });
});

describe("rebaseAlerts", () => {
  const { memory } = tellNotices(NO_ALERTS, noticesOf([failed]), 100 * MINUTE, SETTINGS);
  test("after a reboot a condition is logged anew, and not mailed again within MAIL_SCREEN_TIME", () => {
    const rebased = rebaseAlerts(memory, 120 * MINUTE);
    expect(play([[5, [failed]]], rebased)).toEqual(["1 lines 0 alerts"]);
    expect(play([[41, [failed]]], rebased)).toEqual(["1 lines 1 alerts"]);
  });
});
