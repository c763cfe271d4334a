import { describe, expect, test } from "bun:test";
import { type GuardPorts, whoElseRuns } from "../../../../src/app/guard/who-else-runs.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import type { HeardPeer, HostRuns } from "../../../../src/core/model/hearing.ts";
import { neverAborts } from "../../../../src/ports/deadline.ts";
import type { RunsRequest } from "../../../../src/ports/group.ts";
import { portClock, VirtualClock } from "../../../../src/simulation/clock.ts";
import { goodView, host, knownHost, memoryWith, runsThere, vm } from "../../core/fixtures.ts";

const WEB = vm("web");

interface Case {
  readonly memory?: Partial<Memory> | null;
  readonly answers?: Readonly<Record<number, HostRuns["runs"]>>;
  readonly heard?: HeardPeer["heard"];
  readonly override?: Readonly<Record<string, string>>;
  readonly takesMs?: number;
}

/** Who else runs web, as h1 is told; and whom it has asked. */
async function guard({ memory = {}, answers = {}, heard = "direct", override = {}, takesMs = 0 }: Case) {
  const time = new VirtualClock();
  const clock = portClock(time, () => 0);
  const asked: RunsRequest[] = [];
  const peers = [2, 3].map((number) => ({ host: host(number), heard }));
  const ports = {
    clock,
    store: {
      load: async () => (memory === null ? { kind: "none" } : { kind: "found", value: memoryWith(memory) }),
    },
    config: { read: async () => ({ override, lastGood: {}, problems: [] }) },
    hearing: { read: async () => ({ self: host(1), bootId: "boot-1", atMs: 0, trouble: null, peers }) },
    runsAsker: {
      ask: async (request: RunsRequest, signal: AbortSignal) => {
        asked.push(request);
        await clock.sleep(takesMs, signal);
        return new Map(
          Object.entries(answers).map(([number, runs]) => [host(Number(number)), runsThere(host(1), runs)]),
        );
      },
    },
  } as unknown as GuardPorts;
  const said = whoElseRuns(WEB, { uuid: host(1), bootId: "boot-1" }, ports, neverAborts());
  await time.run(5_000);
  return { said: await said, asked: asked.flatMap(({ hosts }) => hosts.map((one) => one.host as string)) };
}

describe("whoElseRuns", () => {
  test("the name of another host that says that it runs the VM", async () => {
    const lastGood = goodView({
      hosts: [knownHost(host(1)), knownHost(host(2)), knownHost(host(3), { name: "xcp3" })],
    });
    expect(await guard({ memory: { lastGood }, answers: { 2: [], 3: [WEB] } })).toEqual({
      said: "xcp3",
      asked: ["h2", "h3"],
    });
  });

  test("a host that the database has forgotten is asked as well", async () => {
    const lastGood = goodView({
      hosts: [knownHost(host(1)), knownHost(host(2))],
      forgotten: [knownHost(host(3))],
    });
    expect((await guard({ memory: { lastGood }, answers: { 3: [WEB] } })).said).toBe("h3");
  });

  const rows: readonly [string, Case][] = [
    ["everybody says no", { answers: { 2: [], 3: [] } }],
    ["nobody answers", {}],
    ["a host cannot list its domains", { answers: { 2: "unknown" } }],
    ["HA is off", { memory: { lastGood: goodView({ haFlag: "off" }) }, answers: { 3: [WEB] } }],
    ["nothing is known of the pool", { memory: null, answers: { 3: [WEB] } }],
    ["START_GUARD=0", { override: { START_GUARD: "0" }, answers: { 3: [WEB] } }],
  ];
  for (const [what, given] of rows)
    test(`nobody, when ${what}`, async () => expect((await guard(given)).said).toBeNull());

  test("a host that does not answer takes nothing from another one's yes", async () => {
    // The asker waits for h2 until its time is over, and has h3's answer.
    expect((await guard({ answers: { 3: [WEB] }, takesMs: 60_000 })).said).toBe("h3");
  });

  test("just after a boot, what is left of the boot before says whom to ask", async () => {
    expect((await guard({ memory: { bootId: "boot-0" }, answers: { 3: [WEB] } })).said).toBe("h3");
  });

  test("only hosts that are heard are asked: the others would only cost time", async () => {
    expect((await guard({ heard: "silent", answers: { 3: [WEB] } })).asked).toEqual([]);
  });
});
