import { describe, expect, test } from "bun:test";
import {
  afterSending,
  alertsToSend,
  type TellContext,
  type TellSettings,
  tellRound,
} from "../../../../src/core/alerts/tell-round.ts";
import { NO_ALERTS } from "../../../../src/core/memory/alert-memory.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import { host, short } from "../fixtures.ts";
import { remembered } from "../memory/remembered.ts";
import { ALERT } from "./mail/mail.ts";
import { REASONS } from "./reasons.ts";

const { "host-suspect": SUSPECT, "vm-started": STARTED, "state-not-saved": NOT_SAVED } = REASONS;
const FAILED = { ...REASONS["host-failed"], host: "h2" };

const SETTINGS: TellSettings = {
  MAIL_SCREEN_TIME: 60,
  MAIL_ON: true,
  ENABLE_ALERTS: true,
  ENABLE_LOGGING: true,
  mailOff: new Set(),
  logOff: new Set(),
};

/** The keys that are logged, mailed and posted of a suspect, a failed host and a VM that was started. */
function tell(
  over: Partial<TellSettings> = {},
  context: Partial<TellContext> = {},
  memory: Memory = remembered(),
) {
  const settings = { ...SETTINGS, ...over };
  const telling = tellRound(memory, [SUSPECT, FAILED, STARTED], {
    self: host(1),
    nowMs: 0,
    settings,
    isForgetful: false,
    ...context,
  });
  const keys = (notices: readonly { key: string }[]) => notices.map(({ key }) => key.split(":")[0]).join(" ");
  const { unmailed, unposted } = telling.memory.alerts.queue;
  return { ...telling, logged: keys(telling.lines), mailed: keys(unmailed), posted: keys(unposted) };
}

describe("tellRound", () => {
  test("hooks are told what is new, also what is not logged; of a host that forgets only events", () => {
    const keys = (over: Partial<TellSettings>, context: Partial<TellContext> = {}, memory?: Memory) =>
      tell(over, context, memory).told.map(({ key }) => key.split(":")[0]);
    expect(keys({ ENABLE_LOGGING: false })).toEqual(["host-suspect", "host-failed", "vm-started"]);
    expect(keys({}, {}, tell().memory)).toEqual(["vm-started"]);
    expect(keys({}, { isForgetful: true })).toEqual(["vm-started"]);
  });

  test("all is logged, what an administrator is told waits for both ways", () =>
    expect(tell()).toMatchObject({
      logged: "host-suspect host-failed vm-started",
      mailed: "host-failed vm-started",
      posted: "host-failed vm-started",
    }));
  test("each alert is about what an administrator looks at", () =>
    expect(tell().memory.alerts.queue.unposted.map(({ target }) => target.kind)).toEqual(["host", "vm"]));
  test("behind what waits already", () => {
    const memory = remembered({ alerts: { ...NO_ALERTS, queue: { ...NO_ALERTS.queue, unmailed: [ALERT] } } });
    expect(tell({}, {}, memory).mailed).toBe("host-failed host-failed vm-started");
  });
  test("a condition that lasts is told once", () => {
    const first = tell();
    expect(tell({}, { nowMs: 45_000 }, first.memory).logged).toBe("vm-started");
  });
  test("ENABLE_LOGGING=0: nothing is logged, alerts go out all the same", () =>
    expect(tell({ ENABLE_LOGGING: false })).toMatchObject({ logged: "", mailed: "host-failed vm-started" }));
  test("LOG_vm_mon=0: not what that function says", () =>
    expect(tell({ logOff: new Set(["vm_mon"]) })).toMatchObject({
      logged: "host-suspect host-failed",
      mailed: "host-failed vm-started",
    }));
  test("MAIL_vm_mon=0: logged, no mail, the message is posted", () =>
    expect(tell({ mailOff: new Set(["vm_mon"]) })).toMatchObject({
      logged: "host-suspect host-failed vm-started",
      mailed: "host-failed",
      posted: "host-failed vm-started",
    }));

  test("a host that cannot write tells no condition again that its first pass has told; events it tells", () =>
    expect(tell({}, { isForgetful: true })).toMatchObject({
      logged: "host-suspect host-failed vm-started",
      mailed: "vm-started",
    }));
  test("nor that it cannot write", () => {
    const context = { self: host(1), nowMs: 0, settings: SETTINGS };
    const mails = [true, false].map(
      (isForgetful) =>
        tellRound(remembered(), [NOT_SAVED], { ...context, isForgetful }).memory.alerts.queue.unmailed.length,
    );
    expect(mails).toEqual([0, 1]);
  });
});

/** Two alerts wait for both ways; the first is of a condition that holds. */
const EVENT = { ...ALERT, key: "vm-started:web", lasting: false, severity: "info" } as const;
const waiting = (active: Record<string, string> = { [ALERT.key]: "holds" }): Memory =>
  remembered({
    alerts: {
      ...NO_ALERTS,
      active,
      queue: { ...NO_ALERTS.queue, unmailed: [EVENT, ALERT], unposted: [ALERT, EVENT] },
    },
  });
const NOW_MS = ALERT.atMs + 1_000;

describe("alertsToSend", () => {
  test("one mail with all of them, and a message each", () => {
    const { actions } = alertsToSend(waiting(), NOW_MS, true);
    expect(actions).toEqual([
      { kind: "mail", alerts: [ALERT, EVENT] },
      { kind: "post-message", alert: ALERT },
      { kind: "post-message", alert: EVENT },
    ]);
  });
  test("while XAPI is away, messages wait and the mail leaves", () => {
    const { actions, memory } = alertsToSend(waiting(), NOW_MS, false);
    expect(short(actions)).toEqual(["mail"]);
    expect(memory.alerts.queue.unposted).toEqual([ALERT, EVENT]);
  });
  test("a condition that is over is posted no more, and forgotten", () => {
    const { actions, memory } = alertsToSend(waiting({}), NOW_MS, true);
    expect(short(actions)).toEqual(["mail", "post-message"]);
    expect(memory.alerts.queue.unposted).toEqual([EVENT]);
  });
  test("nothing waits, nothing is sent", () =>
    expect(alertsToSend(remembered(), NOW_MS, true).actions).toEqual([]));
});

describe("afterSending", () => {
  const { actions, memory } = alertsToSend(waiting(), NOW_MS, true);
  const queue = (sent: typeof actions) => afterSending(memory, sent, NOW_MS).alerts.queue;

  test("what is on its way waits no more, and the mail has its time", () =>
    expect(queue(actions)).toEqual({ unmailed: [], unposted: [], mailedAtMs: [NOW_MS] }));
  test("what is not sent stays", () => {
    const [mail, first] = actions;
    expect(queue(mail === undefined ? [] : [mail]).unposted).toEqual([ALERT, EVENT]);
    expect(queue(first === undefined ? [] : [first])).toEqual({
      unmailed: [EVENT, ALERT],
      unposted: [EVENT],
      mailedAtMs: [],
    });
  });
  test("other actions are none of its business", () =>
    expect(queue([{ kind: "reboot-self" }])).toEqual(memory.alerts.queue));
});
