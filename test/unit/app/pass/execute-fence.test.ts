import { expect, test } from "bun:test";
import { type Executor, execute } from "../../../../src/app/pass/execute.ts";
import { resolveSettings } from "../../../../src/config/resolve.ts";
import type { FenceOutcome } from "../../../../src/ports/fencer.ts";
import { portClock, VirtualClock } from "../../../../src/simulation/clock.ts";
import { address, host } from "../../core/fixtures.ts";
import { leader, SELF } from "./leader.ts";

const { settings } = resolveSettings({
  override: { FENCE_METHOD: "IPMI", FENCE_TIMEOUT: "20" },
  pool: null,
  lastGood: {},
});

/** A fence of h3 whose agent needs ten seconds; the mandate ends after 3.2, and the pass when the signal says so. */
async function fence(byLeader: boolean, mandateUntilMs = 3_200, passUntilMs = 60_000) {
  const time = new VirtualClock();
  const clock = portClock(time, () => 0);
  const fencer = {
    fence: async (_: unknown, signal: AbortSignal): Promise<FenceOutcome> => {
      await clock.sleep(10_000, signal);
      if (!signal.aborted) return { kind: "fenced" };
      return { kind: "not-fenced", fault: "agent-failed", detail: "it was ended" };
    },
  };
  const executor = {
    ports: { clock, fencer, hearing: leader(clock, SELF, mandateUntilMs) },
    self: SELF,
    settings,
    followed: null,
    proofs: { offAtMs: new Map(), looks: new Map() },
    proofOf: () => ({ isWord: false, by: null }),
    probedAtMs: () => clock.uptimeMs(),
  } as unknown as Executor;
  const action = { kind: "fence-host", host: host(3), address: address(host(3)), pingIsLife: true } as const;
  const ended: { atMs: number | null } = { atMs: null };
  const pass = new AbortController();
  time.schedule(passUntilMs, () => pass.abort());
  const fencing = execute({ ...action, byLeader }, executor, pass.signal);
  void fencing.then(() => (ended.atMs = clock.uptimeMs()));
  await time.run(30_000);
  return { result: await fencing, atMs: ended.atMs };
}

test("fence-host, by the leader: its agent is ended with the mandate, and whatever it says counts for nothing", async () =>
  expect(await fence(true)).toEqual({
    result: { kind: "held", why: "this host does not lead the group any more" },
    atMs: 3_500,
  }));

test("fence-host, by the leader: a mandate that outlasts the agent lets it end", async () =>
  expect(await fence(true, 11_000)).toEqual({ result: { kind: "done", by: "IPMI" }, atMs: 10_000 }));

test("fence-host, by the administrator's choice: it needs no mandate", async () =>
  expect(await fence(false)).toEqual({ result: { kind: "done", by: "IPMI" }, atMs: 10_000 }));

test("fence-host: broken off with its pass, it is no failure of the agent, whoever has begun it", async () => {
  const brokenOff = { result: { kind: "held", why: "the attempt was broken off" }, atMs: 2_000 } as const;
  expect([await fence(true, 20_000, 2_000), await fence(false, 20_000, 2_000)]).toEqual([
    brokenOff,
    brokenOff,
  ]);
});
