import { describe, expect, test } from "bun:test";
import { type Executor, execute } from "../../../../src/app/pass/execute.ts";
import { resolveSettings } from "../../../../src/config/resolve.ts";
import type { Action, Result } from "../../../../src/core/model/action.ts";
import { neverAborts } from "../../../../src/ports/deadline.ts";
import type { DeviceState, FenceOutcome } from "../../../../src/ports/fencer.ts";
import { portClock, VirtualClock } from "../../../../src/simulation/clock.ts";
import { fenceOf, goodView, host, masterRound, memoryWith } from "../../core/fixtures.ts";
import { FOR_LONG_MS } from "../../core/sight.ts";
import { startShop, startVm } from "../../core/starts.ts";
import { leader, SELF } from "./leader.ts";

/** A leader whose XAPI does whatever it is asked; in order, what it asks of XAPI and of the fence agents. */
function leading(says: DeviceState, { method = "IPMI", mandateUntilMs = FOR_LONG_MS } = {}) {
  const clock = portClock(new VirtualClock(), () => 0);
  const asked: string[] = [];
  const answers = (name: string, value: unknown) => async () => {
    asked.push(name);
    return { ok: true, value };
  };
  const xapi = {
    promoteSelf: answers("promote", undefined),
    declareDead: answers("declare", undefined),
    storeDatabase: answers("store", undefined),
    readStops: async () => new Map(),
    areStillHalted: answers("halted?", true),
    startVm: answers("start", "started"),
    startAppliance: answers("start", "started"),
  };
  const fencer = {
    fence: async ({ action }: { action: string }): Promise<FenceOutcome> => {
      asked.push(action);
      return { kind: "fenced" };
    },
    status: async () => {
      asked.push("on?");
      return says;
    },
  };
  const { view } = masterRound(memoryWith());
  const { settings } = resolveSettings({ override: { FENCE_METHOD: method }, pool: null, lastGood: {} });
  const executor = {
    ports: {
      ...{ clock, fencer, hearing: leader(clock, SELF, mandateUntilMs) },
      localHost: {
        observe: async () => view.self,
        restartXapi: async () => void asked.push("restart"),
        blockRoute: async (route: string) => void asked.push(`block ${route}`),
        unblockRoutes: async () => asked.push("unblock"),
      },
    },
    ...{ self: view.self, xapi, settings, view, lastGood: goodView(), xapiStartTime: null, followed: null },
    probedAtMs: () => clock.uptimeMs(),
    proofs: { offAtMs: new Map(), looks: new Map() },
    proofOf: () => ({ isWord: false, by: null }),
  } as unknown as Executor;
  const run = async (action: Action): Promise<{ result: Result; asked: string }> => {
    const result = await execute(action, executor, neverAborts());
    return { result, asked: asked.splice(0).join() };
  };
  return { run };
}

const rests = [host(3)];
const promote: Action = { kind: "promote-self", rests, route: "10.0.0.3" };
const declare: Action = { kind: "declare-host-dead", host: host(3), proved: true };
const start = startVm(rests);
const startBoth = startShop(rests);
const begun: readonly [Action, string][] = [
  [promote, "block 10.0.0.3,promote,restart"],
  [declare, "declare,store"],
  [start, "halted?,start"],
  [startBoth, "halted?,start"],
];

describe("execute, what rests on a proof", () => {
  for (const [action, does] of begun) {
    test(`${action.kind}: the device is asked first, and says off: it is begun`, async () =>
      expect(await leading({ kind: "off" }).run(action)).toEqual({
        result: { kind: "done" },
        asked: `on?,${does}`,
      }));

    test(`${action.kind}: the device says on: XAPI is not called`, async () =>
      expect(await leading({ kind: "on" }).run(action)).toEqual({
        result: { kind: "unproved", host: host(3), isOver: true, why: "its device says that it is on" },
        asked: "on?",
      }));

    test(`${action.kind}: the device is silent: XAPI is not called`, async () =>
      expect(await leading({ kind: "unknown", why: "no answer" }).run(action)).toEqual({
        result: { kind: "unproved", host: host(3), isOver: false, why: "no answer" },
        asked: "on?",
      }));
  }

  const unproved: readonly [Action, string][] = [
    [{ ...declare, proved: false }, "declare,store"],
    [{ kind: "promote-self", rests: [], route: null }, "promote,restart"],
    [{ ...start, rests: [] }, "halted?,start"],
  ];
  for (const [action, does] of unproved)
    test(`${action.kind}: with POOL nothing was proved, and no device is asked`, async () =>
      expect(await leading({ kind: "on" }, { method: "POOL" }).run(action)).toEqual({
        result: { kind: "done" },
        asked: does,
      }));

  test("a fence is a proof that is fresh: nobody is asked right after it", async () => {
    const { run } = leading({ kind: "on" });
    expect(await run(fenceOf(host(3)))).toEqual({ result: { kind: "done", by: "IPMI" }, asked: "stop" });
    expect(await run(declare)).toEqual({ result: { kind: "done" }, asked: "declare,store" });
  });
});

describe("execute, a start that does not begin while a host is on that could start its VM by itself", () => {
  const ON: Result = { kind: "unproved", host: host(3), isOver: true, why: "its device says that it is on" };
  const rows: readonly [DeviceState, Result, string][] = [
    [{ kind: "off" }, { kind: "done" }, "on?,halted?,start"],
    [{ kind: "unknown", why: "no answer" }, { kind: "done" }, "on?,halted?,start"],
    [{ kind: "not-asked", why: "the agent knows no status" }, { kind: "done" }, "on?,halted?,start"],
    [{ kind: "on" }, ON, "on?"],
  ];
  for (const action of [start, startBoth])
    for (const [says, result, asked] of rows)
      test(`${action.kind}: its device says ${says.kind}: ${result.kind}`, async () => {
        const unless = { ...action, rests: [], unlessOn: [host(3)] } as Action;
        expect(await leading(says).run(unless)).toEqual({ result, asked });
      });

  test("it rests on that host's proof as well: its device is asked once", async () =>
    expect(await leading({ kind: "off" }).run({ ...start, unlessOn: rests })).toEqual({
      result: { kind: "done" },
      asked: "on?,halted?,start",
    }));
});

test("execute, unblock-routes: without a mandate, too", async () => {
  const unblock: Action = { kind: "unblock-routes" };
  const { run } = leading({ kind: "off" }, { mandateUntilMs: -1 });
  expect(await run(unblock)).toEqual({ result: { kind: "done" }, asked: "unblock" });
});

describe("execute, switch-on-host", () => {
  const switchOn: Action = { kind: "switch-on-host", host: host(3) };
  test("its device is told to switch it on", async () =>
    expect(await leading({ kind: "off" }).run(switchOn)).toEqual({
      result: { kind: "done", by: "IPMI" },
      asked: "start",
    }));
  test("not without a mandate", async () =>
    expect(await leading({ kind: "off" }, { mandateUntilMs: -1 }).run(switchOn)).toEqual({
      result: { kind: "held", why: "this host does not lead the group any more" },
      asked: "",
    }));
});
