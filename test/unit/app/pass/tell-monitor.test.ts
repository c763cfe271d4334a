import { describe, expect, test } from "bun:test";
import { tellMonitor } from "../../../../src/app/pass/tell-monitor.ts";
import { resolveSettings } from "../../../../src/config/resolve.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import type { Action } from "../../../../src/core/model/action.ts";
import { fenceOf, goodView, host, incidentIn, memoryWith } from "../../core/fixtures.ts";

const FENCE = fenceOf(host(3));
const OTHER: Action = { kind: "declare-host-dead", host: host(3), proved: true };
const ENDED = { action: FENCE, result: { kind: "done" } } as const;

/** A pass that begins at 10 s and fences with these parameters; what it tells, call by call. */
function telling(override: Readonly<Record<string, string>> = {}, over: Partial<Memory> = {}) {
  const saved: unknown[] = [];
  const world = { nowMs: 10_000, refuses: false };
  const { settings } = resolveSettings({
    override: { FENCE_METHOD: "IPMI", FENCE_TIMEOUT: "20", ...override },
    pool: null,
    lastGood: {},
  });
  const store = {
    save: async (name: string, value: unknown) => {
      saved.push([name, value]);
      if (world.refuses) throw new Error("ENOSPC");
    },
  };
  const pass = {
    ports: { store, clock: { uptimeMs: () => world.nowMs } },
    config: { settings },
    memory: memoryWith(over),
    self: { uuid: host(1) },
    inFlight: new Map<string, unknown>(),
    ended: [] as Parameters<typeof tellMonitor>[0]["ended"],
    toldMonitor: null as string | null,
  };
  const tell = async (...next: readonly Action[]) => {
    await tellMonitor(pass, next);
    return saved.splice(0);
  };
  return { pass, world, tell };
}
const told = (
  fencingUntilMs: number | null,
  off: readonly string[] = [],
  agreed: readonly object[] = [],
  disarm: readonly object[] = [],
) => [["off-hosts", { off, fencingUntilMs, agreed, disarm }]];

describe("tellMonitor: a fence is told with its end", () => {
  const rows: readonly [string, Readonly<Record<string, string>>, number][] = [
    ["FENCE_TIMEOUT and 15 s from now", {}, 10_000 + 20_000 + 15_000],
    ["a longer FENCE_TIMEOUT", { FENCE_TIMEOUT: "60" }, 10_000 + 60_000 + 15_000],
  ];
  for (const [title, override, untilMs] of rows)
    test(title, async () => expect(await telling(override).tell(FENCE)).toEqual(told(untilMs)));

  test("of two levels: the time of both, and what is between them", async () => {
    const { tell } = telling({ FENCE_METHOD: "IPMI,ILO" });
    expect(await tell(FENCE)).toEqual(told(10_000 + 2 * 20_000 + 4_000 + 15_000));
  });

  test("one that is in flight, or has ended and is not remembered yet, is under way", async () => {
    const flying = telling();
    flying.pass.inFlight.set("fence-host:h3", null);
    expect(await flying.tell()).toEqual(told(45_000));
    const over = telling();
    over.pass.ended = [ENDED];
    expect(await over.tell()).toEqual(told(45_000));
  });

  test("another action is no fence", async () => expect(await telling().tell(OTHER)).toEqual(told(null)));
});

describe("tellMonitor: it is told when it changes", () => {
  test("not again because time passes, or something else begins", async () => {
    const { tell, world } = telling();
    expect(await tell(FENCE)).toEqual(told(45_000));
    world.nowMs = 12_000;
    expect(await tell(FENCE, OTHER)).toEqual([]);
    expect(await tell()).toEqual(told(null));
    expect(await tell()).toEqual([]);
  });

  test("a fence that begins later has a later end", async () => {
    const { tell, world } = telling();
    await tell(FENCE);
    await tell();
    world.nowMs = 70_000;
    expect(await tell(FENCE)).toEqual(told(105_000));
  });

  test("that of another host begins while the first one is under way: with its own, later end", async () => {
    const { tell, world, pass } = telling();
    await tell(FENCE);
    pass.inFlight.set("fence-host:h3", null);
    world.nowMs = 12_000;
    expect(await tell(fenceOf(host(2)))).toEqual(told(47_000));
    pass.inFlight.set("fence-host:h2", null);
    world.nowMs = 14_000;
    expect(await tell()).toEqual([]);
  });

  test("who is off, too", async () => {
    const { tell, pass } = telling();
    expect(await tell()).toEqual(told(null));
    pass.memory = memoryWith({ incidents: incidentIn("declared") });
    expect(await tell()).toEqual(told(null, ["h3"]));
  });

  test("whose held xapi may start, too, and which list of its domains that is about; not who may not", async () => {
    const { tell, pass } = telling();
    await tell();
    const agreed = { h3: { atMs: 5, bootId: "boot-3" }, h2: null };
    pass.memory = memoryWith({ agreed });
    const one = { host: "h3", atMs: 5, bootId: "boot-3" };
    expect(await tell()).toEqual(told(null, [], [one]));
    expect(await tell()).toEqual([]);
    pass.memory = memoryWith({ agreed: { ...agreed, h3: { atMs: 9, bootId: "boot-3" } } });
    expect(await tell()).toEqual(told(null, [], [{ ...one, atMs: 9 }]));
    pass.memory = memoryWith({ agreed: { h3: null } });
    expect(await tell()).toEqual(told(null));
  });

  test("a word about a rest of HA, too, by the master of the database alone", async () => {
    const { tell, pass } = telling();
    await tell();
    const word = { id: 7, host: null, forS: 60 };
    pass.memory = memoryWith({ lastGood: goodView({ disarm: [word] }) });
    expect(await tell()).toEqual(told(null, [], [], [word]));
    expect(await tell()).toEqual([]);
    pass.memory = memoryWith({ lastGood: goodView({ disarm: [word], master: host(2) }) });
    expect(await tell()).toEqual(told(null));
  });

  test("what could not be written is tried again, with its end by then", async () => {
    const { tell, world } = telling();
    world.refuses = true;
    expect(await tell(FENCE)).toEqual(told(45_000));
    world.refuses = false;
    world.nowMs = 15_000;
    expect(await tell(FENCE)).toEqual(told(50_000));
    expect(await tell(FENCE)).toEqual([]);
  });
});
