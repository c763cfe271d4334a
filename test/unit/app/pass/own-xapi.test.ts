import { describe, expect, test } from "bun:test";
import { becomeMaster, followMaster } from "../../../../src/app/pass/own-xapi.ts";
import type { PassPorts } from "../../../../src/app/pass/pass-ports.ts";
import type { XapiResult } from "../../../../src/core/model/pool-view.ts";
import { neverAborts } from "../../../../src/ports/deadline.ts";
import { portClock, VirtualClock } from "../../../../src/simulation/clock.ts";
import { masterRound, memoryWith } from "../../core/fixtures.ts";

const DONE = { ok: true, value: undefined } as const;
const REFUSED = { ok: false, fault: { kind: "api", code: "HA_IS_ENABLED", params: [] } } as const;
const FAILED = { kind: "refused", fault: REFUSED.fault } as const;

interface Case {
  readonly isHeld?: boolean;
  readonly isSilent?: boolean;
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
  { isHeld = false, isSilent = false, told = DONE, rejects = "", signal = neverAborts(), hangs }: Case = {},
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
  const ports = {
    clock: portClock(time, () => 0),
    localHost: {
      restartXapi: order("restart"),
      holdXapi: order("hold"),
      holdAsSlaveOf: (address: string) => order(`hold as slave of ${address}`)(),
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
  const own = {
    ports,
    xapi,
    settings,
    self: { ...self, heldSinceMs: isHeld ? 5 : null, xapiAnswers: !isHeld && !isSilent },
  };
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

  test("one that is held already is not started for it: pool.conf is written", async () =>
    expect(await follow({ isHeld: true })).toEqual({
      result: { kind: "done" },
      done: "hold as slave of 10.0.0.3",
      tookMs: 0,
    }));
  test("nor is one that does not answer", async () =>
    expect((await follow({ isSilent: true })).done).toBe("hold as slave of 10.0.0.3"));
  test("pool.conf cannot be written: that is a failure, and not done", async () =>
    expect((await follow({ isHeld: true, rejects: "hold as slave of 10.0.0.3" })).result).toBe(
      "hold as slave of 10.0.0.3 refused",
    ));
});
