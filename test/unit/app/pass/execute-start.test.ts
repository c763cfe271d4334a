import { describe, expect, test } from "bun:test";
import { type Executor, execute } from "../../../../src/app/pass/execute.ts";
import { resolveSettings } from "../../../../src/config/resolve.ts";
import type { Action, Result } from "../../../../src/core/model/action.ts";
import type { HostRuns } from "../../../../src/core/model/hearing.ts";
import type { HostUuid, VmUuid } from "../../../../src/core/model/ids.ts";
import { neverAborts } from "../../../../src/ports/deadline.ts";
import type { DeviceState } from "../../../../src/ports/fencer.ts";
import { portClock, VirtualClock } from "../../../../src/simulation/clock.ts";
import { goodView, host, masterRound, memoryWith, runsThere, vm } from "../../core/fixtures.ts";
import { hearing, peer } from "../../core/members/hearing.ts";
import { FOR_LONG_MS, leads } from "../../core/sight.ts";
import { SELF } from "./leader.ts";

const WEB = vm("web");
const NO_MEMORY = { kind: "api", code: "HOST_NOT_ENOUGH_FREE_MEMORY", params: [] } as const;

/** What a start rests on: h1 leads, h2 says that it does not run it, h3 is off. */
interface World {
  mandateUntilMs: number;
  h3: DeviceState;
  /** h3 is heard. */
  isHeard: boolean;
  /** What h2 answers; null: nothing. */
  h2: HostRuns | null;
  own: readonly VmUuid[] | "unknown";
}

/**
 * h1 starts a VM on itself or on h2, whichever has memory; none has. Each attempt takes so long, and the first one changes the world.
 * On which hosts it was tried, what became of it, and what was asked between the two.
 */
async function start(change: Partial<World>, takesMs = 1_000) {
  const world: World = {
    ...{ mandateUntilMs: FOR_LONG_MS, h3: { kind: "off" }, isHeard: false },
    ...{ h2: runsThere(host(1)), own: [] },
  };
  const time = new VirtualClock();
  const clock = portClock(time, () => 0);
  const events: string[] = [];
  const { view } = masterRound(memoryWith());
  const { settings } = resolveSettings({ override: { FENCE_METHOD: "IPMI" }, pool: null, lastGood: {} });
  const xapi = {
    readStops: async () => new Map(),
    areStillHalted: async () => ({ ok: true, value: true }),
    startVm: async (
      _: VmUuid,
      candidates: readonly HostUuid[],
      signal: AbortSignal,
      mayGoOn: () => Promise<boolean>,
    ) => {
      for (const [index, candidate] of candidates.entries()) {
        if (index > 0 && !(await mayGoOn())) break;
        events.push(`start on ${candidate}`);
        await clock.sleep(takesMs, signal);
        Object.assign(world, change);
      }
      return { ok: false, fault: NO_MEMORY };
    },
  };
  const ports = {
    clock,
    fencer: {
      status: async () => {
        events.push("device?");
        return world.h3;
      },
    },
    hearing: {
      read: async () => ({
        ...hearing(peer(2), peer(3, { heard: world.isHeard ? "reported" : "silent" })),
        ...{ self: SELF.uuid, bootId: SELF.bootId, atMs: clock.uptimeMs() },
        group: leads(host(1), [host(1), host(2)], { mandateUntilMs: world.mandateUntilMs }),
      }),
    },
    localHost: { observe: async () => ({ ...view.self, domains: world.own }) },
    runsAsker: {
      ask: async () => {
        events.push("h2?");
        return new Map(world.h2 === null ? [] : [[host(2), world.h2]]);
      },
    },
  };
  const executor = {
    ...{ ports, self: view.self, xapi, settings, view, lastGood: goodView(), xapiStartTime: null },
    ...{
      followed: null,
      proofs: { offAtMs: new Map(), looks: new Map() },
      proofOf: () => ({ isWord: false, by: null }),
    },
  } as unknown as Executor;
  const witnesses = [1, 2].map((number) => ({
    ...{ host: host(number), isUnsettled: false, isExcused: false },
  }));
  const action: Action = {
    ...{ kind: "start-vm", vm: WEB, name: "web", candidates: [host(1), host(2)] },
    ...{ asks: [{ vm: WEB, witnesses }], rests: [host(3)], unlessOn: [] },
  };
  const ended = execute(action, executor, neverAborts());
  await time.run(2 * takesMs + 10_000);
  const [before, between = null] = events.join().split(",start on h1");
  expect(before).toBe("device?,h2?");
  return { result: (await ended) as Result, between: between ?? "not even tried on h1" };
}

describe("execute, start-vm: before the second host what the start rests on is looked at once more", () => {
  const refused: Result = { kind: "refused", fault: NO_MEMORY };
  // [what has changed while it was tried on the first host, what is asked and done then]
  const rows: readonly [string, Partial<World>, string][] = [
    ["all is as it was: it is tried there", {}, ",h2?,start on h2"],
    ["the mandate is over", { mandateUntilMs: 999 }, ",h2?"],
    ["a second is left of the mandate: it is tried there", { mandateUntilMs: 2_000 }, ",h2?,start on h2"],
    ["the host that was proved off is heard", { isHeard: true }, ""],
    ["a host says that it runs it", { h2: runsThere(host(1), [WEB]) }, ",h2?"],
    ["it runs something else: it is tried there", { h2: runsThere(host(1), [vm("db")]) }, ",h2?,start on h2"],
    ["a host does not answer any more", { h2: null }, ",h2?"],
    ["a host cannot tell any more", { h2: runsThere(host(1), "unknown") }, ",h2?"],
    ["a host follows another master", { h2: runsThere(host(3)) }, ",h2?"],
    ["it runs here by now", { own: [WEB] }, ",h2?"],
    ["what runs here cannot be read any more", { own: "unknown" }, ",h2?"],
  ];
  for (const [title, change, between] of rows)
    test(title, async () => expect(await start(change)).toEqual({ result: refused, between }));

  const proofs: readonly [string, Partial<World>, string][] = [
    ["says off: it is tried there", {}, ",device?,h2?,start on h2"],
    ["says on", { h3: { kind: "on" } }, ",device?"],
    ["is silent", { h3: { kind: "unknown", why: "no answer" } }, ",device?"],
  ];
  for (const [title, change, between] of proofs)
    test(`the first attempt took six seconds, so the device is asked again, and ${title}`, async () =>
      expect(await start(change, 6_000)).toEqual({ result: refused, between }));
});
