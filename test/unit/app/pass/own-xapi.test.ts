import { describe, expect, test } from "bun:test";
import { becomeMaster, followMaster } from "../../../../src/app/pass/own-xapi.ts";
import type { PassPorts } from "../../../../src/app/pass/pass-ports.ts";
import type { LocalView, XapiResult } from "../../../../src/core/model/pool-view.ts";
import { neverAborts } from "../../../../src/ports/deadline.ts";
import { portClock, VirtualClock } from "../../../../src/simulation/clock.ts";
import { masterRound, memoryWith } from "../../core/fixtures.ts";

const DONE = { ok: true, value: undefined } as const;
const REFUSED = { ok: false, fault: { kind: "api", code: "HA_IS_ENABLED", params: [] } } as const;
const FAILED = { kind: "refused", fault: REFUSED.fault } as const;

interface Case {
  readonly isHeld?: boolean;
  /** After so many looks the xapi that was released answers; null: a look hangs. */
  readonly answersAfter?: number | null;
  readonly told?: XapiResult<void>;
  /** Which of the orders to this host reject. */
  readonly rejects?: string;
  readonly signal?: AbortSignal;
  /** The order to block a route hangs. */
  readonly hangs?: boolean;
}

type Own = Parameters<typeof becomeMaster>[1];

/** What this host orders, in turn, how long that takes, and what comes of it. */
async function calls(
  act: (own: Own, signal: AbortSignal) => Promise<unknown>,
  { isHeld = false, answersAfter = 0, told = DONE, rejects = "", signal = neverAborts(), hangs }: Case = {},
) {
  const time = new VirtualClock();
  const done: string[] = [];
  const log: string[] = [];
  const order = (name: string, value?: unknown) => async () => {
    done.push(name);
    if (name === rejects) throw new Error(`${name} refused`);
    return value;
  };
  const { self } = masterRound(memoryWith()).view;
  let looks = 0;
  const observe = (): Promise<LocalView> => {
    if (answersAfter === null) return new Promise(() => undefined);
    return Promise.resolve({ ...self, xapiAnswers: looks++ >= answersAfter });
  };
  const ports = {
    clock: portClock(time, () => 0),
    localHost: {
      observe,
      restartXapi: order("restart"),
      holdXapi: order("hold"),
      releaseXapi: order("release", true),
      blockRoute: async (address: string) => {
        await order("block")();
        done.push(address);
        if (hangs === true) await new Promise(() => undefined);
      },
    },
    logger: { log: (severity: string, _from: string, text: string) => void log.push(`${severity} ${text}`) },
  } as unknown as PassPorts;
  const xapi = {
    promoteSelf: order("promote", told) as () => Promise<XapiResult<void>>,
    followMaster: async (address: string) => {
      done.push(`follow ${address}`);
      return told;
    },
  };
  const settings = { FENCE_IPADDRESS: "10.0.0.8", FENCE_HEURISTICS_IPS: ["10.0.0.9"] };
  const own = { ports, xapi, settings, self: { ...self, heldSinceMs: isHeld ? 5 : null } };
  let tookMs = Number.NaN;
  const ended = act(own, signal)
    .catch((error: Error) => error.message)
    .finally(() => {
      tookMs = time.nowMs();
    });
  await time.run(200_000);
  return { result: await ended, done: done.join(), tookMs, ...(log.length === 0 ? {} : { log }) };
}

describe("becomeMaster", () => {
  const become = (given: Case = {}, route: string | null = null) =>
    calls((own, signal) => becomeMaster(route, own, signal), given);
  test("XAPI is told, and does not wait for its fuse", async () =>
    expect(await become()).toEqual({ result: { kind: "done" }, done: "promote,restart", tookMs: 0 }));
  test("XAPI refuses: it is left alone", async () =>
    expect(await become({ told: REFUSED })).toMatchObject({ result: FAILED, done: "promote" }));
  test("it cannot be restarted: that is a failure, and not done", async () =>
    expect((await become({ rejects: "restart" })).result).toBe("restart refused"));

  describe("the route to the old master", () => {
    const blocks = (given: Case = {}, route = "10.0.0.1") => become(given, route);
    const whole = { result: { kind: "done" }, done: "block,10.0.0.1,promote,restart" };
    const told = (why: string) => [
      `warning The route to the old master at 10.0.0.1 is not blocked (${why}): XAPI waits for it while it starts as master.`,
    ];
    test("is blocked first, without a word", async () =>
      expect(await blocks()).toEqual({ ...whole, tookMs: 0 }));
    test("cannot be blocked: that is told, and costs time, not the take-over", async () =>
      expect(await blocks({ rejects: "block" })).toEqual({
        ...{ ...whole, done: "block,promote,restart", tookMs: 0 },
        log: told("block refused"),
      }));
    test("is waited for 2 s", async () =>
      expect(await blocks({ hangs: true })).toEqual({
        ...whole,
        tookMs: 2_000,
        log: told("not within 2 s"),
      }));
    for (const address of ["10.0.0.8", "10.0.0.9"])
      test(`is left alone where something else is asked at it: ${address}`, async () =>
        expect(await blocks({}, address)).toMatchObject({ done: "promote,restart" }));
  });
});

describe("followMaster", () => {
  const follow = (given: Case = {}) => calls((own, signal) => followMaster("10.0.0.3", own, signal), given);

  test("XAPI is told whom to follow, and held at once", async () =>
    expect(await follow()).toEqual({ result: { kind: "done" }, done: "follow 10.0.0.3,hold", tookMs: 0 }));
  test("XAPI refuses: it is not held, for it still follows whom it followed", async () =>
    expect(await follow({ told: REFUSED })).toMatchObject({ result: FAILED, done: "follow 10.0.0.3" }));
  test("it cannot be held: that is a failure, and not done", async () =>
    expect((await follow({ rejects: "hold" })).result).toBe("hold refused"));

  describe("one that is held already", () => {
    const held = (given: Case = {}) => follow({ isHeld: true, ...given });
    test("is started, waited for, told, and held again", async () =>
      expect(await held({ answersAfter: 8 })).toEqual({
        result: { kind: "done" },
        done: "release,follow 10.0.0.3,hold",
        tookMs: 2_000,
      }));
    test("is told as soon as it answers", async () => expect((await held()).tookMs).toBe(0));
    test("does not answer within eight seconds: it is told all the same", async () =>
      expect(await held({ answersAfter: 1_000 })).toMatchObject({
        done: "release,follow 10.0.0.3,hold",
        tookMs: 8_000,
      }));
    test("cannot be started: nothing is told, and it is still held", async () =>
      expect(await held({ rejects: "release" })).toMatchObject({
        result: "release refused",
        done: "release",
      }));
    test("refuses: it is held again, for it still follows whom it followed", async () =>
      expect(await held({ told: REFUSED })).toMatchObject({
        result: FAILED,
        done: "release,follow 10.0.0.3,hold",
      }));
    test("an action that is over does not wait", async () => {
      const over = new AbortController();
      over.abort();
      expect((await held({ answersAfter: 1_000, signal: over.signal })).tookMs).toBe(0);
    });
    test("a host that cannot be looked at is not waited for without end", async () => {
      const { done, tookMs } = await held({ answersAfter: null });
      expect(done).toBe("release,follow 10.0.0.3,hold");
      // One look of at most two seconds may have begun before the eight are over.
      expect(tookMs).toBe(4 * (2_000 + 250));
    });
  });
});
