import { describe, expect, test } from "bun:test";
import { NOT_LEADING, sightNow, whileLeading } from "../../../../src/app/pass/leading.ts";
import { groupOf } from "../../../../src/core/group/may-act.ts";
import type { Result } from "../../../../src/core/model/action.ts";
import type { Hearing } from "../../../../src/core/model/hearing.ts";
import { neverAborts } from "../../../../src/ports/deadline.ts";
import { portClock, VirtualClock } from "../../../../src/simulation/clock.ts";
import { leader, SELF } from "./leader.ts";

const DONE: Result = { kind: "done", by: "ILO" };
const NEEDLESS: Result = { kind: "held", why: "it is off" };
const FAILED: Result = { kind: "not-fenced", fault: "agent-failed", detail: "it was told to end" };

interface Story {
  readonly mandateUntilMs?: number;
  /** When what lasts is done, if nobody ends it. */
  readonly takesMs: number;
  /** The pass is over then. */
  readonly overAtMs?: number;
  /** What the agent says when it is told to end. */
  readonly ended?: Result;
  /** It does not listen. */
  readonly isDeaf?: boolean;
  readonly monitor?: (hearing: Hearing, nowMs: number) => Hearing | null;
  /** From then on it is not needed any more. */
  readonly needlessAtMs?: number;
}

/** What comes of it, and when it was told to end: null, never before it was done. */
async function lead(story: Story) {
  const { mandateUntilMs, takesMs, overAtMs, ended = FAILED, isDeaf = false, monitor, needlessAtMs } = story;
  const time = new VirtualClock();
  const clock = portClock(time, () => 0);
  const over = new AbortController();
  if (overAtMs !== undefined) time.schedule(overAtMs, () => over.abort());
  const published = leader(clock, SELF, mandateUntilMs);
  const read = async () => {
    const hearing = await published.read();
    return hearing === null || monitor === undefined ? hearing : monitor(hearing, clock.uptimeMs());
  };
  const at: { ended: number | null; end: number | null } = { ended: null, end: null };
  let isDone = false;
  const act = async (signal: AbortSignal): Promise<Result> => {
    signal.addEventListener("abort", () => {
      if (!isDone) at.ended = clock.uptimeMs();
    });
    await clock.sleep(takesMs, isDeaf ? undefined : signal);
    isDone = true;
    return at.ended === null ? DONE : ended;
  };
  const needless = () => (needlessAtMs !== undefined && clock.uptimeMs() >= needlessAtMs ? NEEDLESS : null);
  const leading = whileLeading(
    { ports: { clock, hearing: { read } }, self: SELF },
    over.signal,
    act,
    needless,
  );
  void leading.then(() => (at.end = clock.uptimeMs()));
  await time.run(60_000);
  return { result: await leading, endedAtMs: at.ended, endMs: at.end };
}

describe("whileLeading: it is not begun", () => {
  const begun = async (mandateUntilMs: number, signal: AbortSignal) => {
    const clock = portClock(new VirtualClock(), () => 0);
    let isBegun = false;
    const act = async () => {
      isBegun = true;
      return DONE;
    };
    const result = await whileLeading(
      { ports: { clock, hearing: leader(clock, SELF, mandateUntilMs) }, self: SELF },
      signal,
      act,
    );
    return { isBegun, result };
  };

  test("without a mandate", async () =>
    expect(await begun(-1, neverAborts())).toEqual({ isBegun: false, result: NOT_LEADING }));

  test("when the pass is over already", async () =>
    expect(await begun(60_000, AbortSignal.abort())).toEqual({ isBegun: false, result: NOT_LEADING }));
});

describe("whileLeading", () => {
  test("the mandate lasts: what is done counts, and nothing is waited for after it", async () =>
    expect(await lead({ takesMs: 20_250 })).toEqual({ result: DONE, endedAtMs: null, endMs: 20_250 }));

  test("it ends while something lasts: that is told to end within half a second", async () => {
    const { result, endedAtMs, endMs } = await lead({ takesMs: 20_000, mandateUntilMs: 3_200 });
    expect({ result, endedAtMs, endMs }).toEqual({ result: NOT_LEADING, endedAtMs: 3_500, endMs: 3_500 });
  });

  test("until then it lasts: the mandate includes its last millisecond", async () =>
    expect((await lead({ takesMs: 20_000, mandateUntilMs: 3_500 })).endedAtMs).toBe(4_000));

  test("a success that comes of that counts for nothing", async () => {
    const { result, endMs } = await lead({
      takesMs: 9_000,
      mandateUntilMs: 3_200,
      ended: DONE,
      isDeaf: true,
    });
    expect([result, endMs]).toEqual([NOT_LEADING, 9_000]);
  });

  test("it was over when that was done, though nobody had looked yet: a success counts for nothing", async () =>
    expect(await lead({ takesMs: 3_300, mandateUntilMs: 3_200 })).toEqual({
      result: NOT_LEADING,
      endedAtMs: null,
      endMs: 3_300,
    }));

  test("it is not needed any more: that is told to end, and what it says does not matter", async () => {
    const ended = { result: NEEDLESS, endedAtMs: 3_500, endMs: 3_500 };
    expect(await lead({ takesMs: 20_000, needlessAtMs: 3_200 })).toEqual(ended);
    expect(await lead({ takesMs: 20_000, needlessAtMs: 3_200, ended: DONE })).toEqual(ended);
  });

  test("it is not needed from the beginning on: it is not begun", async () =>
    expect(await lead({ takesMs: 20_000, needlessAtMs: 0 })).toEqual({
      result: NEEDLESS,
      endedAtMs: null,
      endMs: 0,
    }));

  test("done just before it was not needed any more: that counts", async () =>
    expect((await lead({ takesMs: 3_300, needlessAtMs: 3_200 })).result).toEqual(DONE));

  test("another mandate in the meantime does not make it good", async () => {
    const lost = (hearing: Hearing, nowMs: number) => {
      const isLost = nowMs >= 3_000 && nowMs < 4_000;
      return isLost ? { ...hearing, group: { ...hearing.group, mandateUntilMs: null } } : hearing;
    };
    expect((await lead({ takesMs: 6_000, ended: DONE, isDeaf: true, monitor: lost })).result).toEqual(
      NOT_LEADING,
    );
  });

  test("a monitor that has died leads nobody, whatever it has said last", async () => {
    const dies = (hearing: Hearing, nowMs: number) => ({ ...hearing, atMs: Math.min(nowMs, 1_000) });
    expect(await lead({ takesMs: 20_000, monitor: dies })).toMatchObject({
      result: NOT_LEADING,
      endedAtMs: 4_500,
    });
  });

  test("its pass is over: that is told to end, and what it says counts", async () =>
    expect(await lead({ takesMs: 20_000, overAtMs: 2_100 })).toEqual({
      result: FAILED,
      endedAtMs: 2_100,
      endMs: 2_100,
    }));
});

test("sightNow: what was published is read first, and then the clock", async () => {
  const time = new VirtualClock();
  const clock = portClock(time, () => 0);
  const hearing = await leader(clock, SELF, 500).read();
  const read = async () => {
    await clock.sleep(700);
    return hearing;
  };
  const seeing = sightNow({ ports: { clock, hearing: { read } }, self: SELF });
  await time.run(1_000);
  const seen = await seeing;
  expect([groupOf(seen)?.mandateUntilMs, seen.nowMs]).toEqual([500, 700]);
});
