import { describe, expect, test } from "bun:test";
import { deviceStates, fenceByLevels, fenceLimitMs, whatIsWrong } from "../../../../src/app/pass/fence.ts";
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
const settings = (method: string) =>
  resolveSettings({ override: { FENCE_METHOD: method, FENCE_TIMEOUT: "20" }, pool: null, lastGood: {} })
    .settings;

async function fence(
  method: string,
  outcomes: Readonly<Record<string, FenceOutcome>>,
  mayGoOn: () => Promise<Result | null> = async () => null,
) {
  const tried: string[] = [];
  const fencer: Fencer = {
    fence: async (request) => {
      tried.push(`${request.method} ${request.action}`);
      return outcomes[request.method] ?? FAILED;
    },
    status: async () => ({ kind: "on" }),
  };
  const signal = new AbortController().signal;
  return { result: await fenceByLevels(HOST, settings(method), fencer, mayGoOn, signal), tried };
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

  test("the whole may take the time of all levels", () => {
    expect([fenceLimitMs(settings("IPMI")), fenceLimitMs(settings("IPMI,ILO"))]).toEqual([20_000, 44_000]);
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
