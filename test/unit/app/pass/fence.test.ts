import { describe, expect, test } from "bun:test";
import {
  deviceStates,
  fenceByLevels,
  fenceLimitMs,
  switcherOf,
  switchOn,
  whatIsWrong,
} from "../../../../src/app/pass/fence.ts";
import { resolveSettings } from "../../../../src/config/resolve.ts";
import type { Result } from "../../../../src/core/model/action.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import type { DeviceState, FenceOutcome, Fencer } from "../../../../src/ports/fencer.ts";
import { portClock, VirtualClock } from "../../../../src/simulation/clock.ts";

const HOST = hostUuid("2f4a7c1e-0b5d-4e8a-9c3f-1a2b3c4d5e6f");
const FENCED: FenceOutcome = { kind: "fenced" };
const FAILED: FenceOutcome = {
  kind: "not-fenced",
  fault: "agent-failed",
  detail: "exit status 1: no answer",
};
const settings = (method: string, over: Readonly<Record<string, string>> = {}) =>
  resolveSettings({
    override: { FENCE_METHOD: method, FENCE_TIMEOUT: "20", ...over },
    pool: null,
    lastGood: {},
  }).settings;

/** Agents that end like that, and what each was told to do. */
function agents(outcomes: Readonly<Record<string, FenceOutcome>>, tried: string[]): Fencer {
  return {
    fence: async (request) => {
      tried.push(`${request.method} ${request.action}`);
      return outcomes[request.method] ?? FAILED;
    },
    status: async () => ({ kind: "on" }),
  };
}

async function fence(
  method: string,
  outcomes: Readonly<Record<string, FenceOutcome>>,
  mayGoOn: () => Promise<Result | null> = async () => null,
  over: Readonly<Record<string, string>> = {},
) {
  const tried: string[] = [];
  const fencer = agents(outcomes, tried);
  const signal = new AbortController().signal;
  return { result: await fenceByLevels(HOST, settings(method, over), fencer, mayGoOn, signal), tried };
}

describe("fenceByLevels", () => {
  test("the first that succeeds ends it, and says by which method", async () => {
    expect(await fence("IPMI,ILO", { IPMI: FENCED })).toEqual({
      result: { kind: "done", by: "IPMI" },
      tried: ["IPMI stop"],
    });
  });

  test("the next is tried when one fails; only a verified success counts", async () => {
    const { result, tried } = await fence("IPMI,ILO", { ILO: FENCED });
    expect([result, tried]).toEqual([{ kind: "done", by: "ILO" }, ["IPMI stop", "ILO stop"]]);
  });

  test("all fail: not fenced, and every level says why", async () => {
    const { result } = await fence("IPMI,ILO", {});
    expect(result).toEqual({
      kind: "not-fenced",
      fault: "agent-failed",
      detail: "IPMI: agent-failed (exit status 1: no answer); ILO: agent-failed (exit status 1: no answer)",
    });
  });

  test("a host that answers between two levels is left alone", async () => {
    const answers: Result = { kind: "not-fenced", fault: "host-answers-again", detail: "" };
    const { result, tried } = await fence("IPMI,ILO", { ILO: FENCED }, async () => answers);
    expect([result, tried]).toEqual([answers, ["IPMI stop"]]);
  });

  test("FENCE_ACTION=reset: it is switched off, and on by another order", async () => {
    const reset = { FENCE_ACTION: "reset" };
    expect(await fence("IPMI", { IPMI: FENCED }, undefined, reset)).toEqual({
      result: { kind: "done", by: "IPMI" },
      tried: ["IPMI stop"],
    });
  });

  test("the whole may take the time of all levels", () => {
    expect([fenceLimitMs(settings("IPMI")), fenceLimitMs(settings("IPMI,ILO"))]).toEqual([20_000, 44_000]);
  });
});

describe("switchOn", () => {
  const silent: FenceOutcome = { kind: "not-fenced", fault: "agent-timeout", detail: "" };
  const told = "exit status 1: no answer";
  type Outcomes = Readonly<Record<string, FenceOutcome>>;
  const rows: readonly [string, string, Outcomes, Result, readonly string[]][] = [
    [
      "by the first method that does it",
      "IPMI,ILO",
      { IPMI: FENCED, ILO: FENCED },
      { kind: "done", by: "IPMI" },
      ["IPMI start"],
    ],
    [
      "by the next when one fails",
      "IPMI,ILO",
      { ILO: FENCED },
      { kind: "done", by: "ILO" },
      ["IPMI start", "ILO start"],
    ],
    [
      "never by POOL, which has no device",
      "IPMI,POOL",
      { POOL: FENCED },
      { kind: "failed", detail: `IPMI: ${told}` },
      ["IPMI start"],
    ],
    [
      "by nothing where there is only POOL",
      "POOL",
      { POOL: FENCED },
      { kind: "failed", detail: "no fence method has a device" },
      [],
    ],
    [
      "by none: each says why",
      "IPMI,ILO",
      { ILO: silent },
      { kind: "failed", detail: `IPMI: ${told}; ILO: agent-timeout` },
      ["IPMI start", "ILO start"],
    ],
  ];
  for (const [title, method, outcomes, result, expected] of rows)
    test(title, async () => {
      const tried: string[] = [];
      const { signal } = new AbortController();
      const found = await switchOn(HOST, settings(method), switcherOf(agents(outcomes, tried)), signal);
      expect({ result: found, tried }).toEqual({ result, tried: [...expected] });
    });

  test("when the time is over no other method is begun", async () => {
    const tried: string[] = [];
    const result = await switchOn(
      HOST,
      settings("IPMI,ILO"),
      switcherOf(agents({ ILO: FENCED }, tried)),
      AbortSignal.abort(),
    );
    expect([result, tried]).toEqual([{ kind: "failed", detail: `IPMI: ${told}` }, ["IPMI start"]]);
  });
});

describe("deviceStates", () => {
  test("a device that never answers costs its time and no more, and the others do not wait for it", async () => {
    const world = new VirtualClock();
    const fencer: Pick<Fencer, "status"> = {
      status: async ({ method }) => (method === "ILO" ? new Promise<never>(() => {}) : { kind: "off" }),
    };
    const ports = { fencer, clock: portClock(world, () => 0) };
    const asked = deviceStates(HOST, settings("IPMI,ILO"), ports, new AbortController().signal);
    await world.runUntil(60_000);
    expect(await asked).toEqual([
      { method: "IPMI", state: { kind: "off" } },
      { method: "ILO", state: { kind: "unknown", why: "no answer within 20 s" } },
    ]);
  });

  const rows: readonly [DeviceState, boolean, string | null][] = [
    [{ kind: "on" }, true, null],
    [{ kind: "off" }, false, null],
    [{ kind: "on" }, false, null],
    [{ kind: "off" }, true, "it says off, and the host is up: it may be another machine's"],
    [{ kind: "unknown", why: "no answer" }, true, "no answer"],
    [{ kind: "not-asked", why: "POOL switches nothing off" }, true, null],
  ];
  test.each(rows)("%p, host up %p: %p", (state, live, wrong) => {
    expect(whatIsWrong(state, live)).toBe(wrong);
  });
});
