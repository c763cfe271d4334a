import { expect, test } from "bun:test";
import { type Executor, execute } from "../../../../src/app/pass/execute.ts";
import type { DomainRecord } from "../../../../src/core/model/pool-view.ts";
import { neverAborts } from "../../../../src/ports/deadline.ts";
import { portClock, VirtualClock } from "../../../../src/simulation/clock.ts";
import { host, SETTINGS, vm } from "../../core/fixtures.ts";
import { FOR_LONG_MS } from "../../core/sight.ts";
import { leader, SELF } from "./leader.ts";

const record = (name: string, over: Partial<DomainRecord> = {}): DomainRecord => ({
  uuid: vm(name),
  name,
  residentOn: host(3),
  powerState: "Running",
  busy: false,
  ...over,
});

/** What comes of the restart of h3's xapi, of which `left` may end there. */
async function restart(
  runs: readonly string[] | "unknown",
  records: readonly DomainRecord[],
  { takesMs = 0, mandateUntilMs = FOR_LONG_MS } = {},
) {
  const time = new VirtualClock();
  const clock = portClock(time, () => 0);
  const calls: string[] = [];
  const xapi = {
    askDomains: async () => {
      await clock.sleep(takesMs, neverAborts());
      return {
        ok: true,
        value: {
          role: { kind: "slave", masterAddress: "h1" },
          vms: runs === "unknown" ? runs : runs.map(vm),
        },
      };
    },
    readVms: async () => ({ ok: true, value: records }),
    restartXapi: async () => {
      calls.push("restart");
      return { ok: true, value: undefined };
    },
  };
  const ports = { clock, hearing: leader(clock, SELF, mandateUntilMs) };
  const executor = { ports, self: SELF, xapi, settings: SETTINGS } as unknown as Executor;
  const ended = execute(
    { kind: "restart-xapi", host: host(3), mayEnd: [vm("left")] },
    executor,
    neverAborts(),
  );
  await time.run(takesMs + 1);
  return { result: await ended, calls };
}

const leftover = record("left", { residentOn: host(2) });

test("restart-xapi: when all else that the host runs is where the database has it, or nowhere", async () => {
  const halted = record("halted", { residentOn: null, powerState: "Halted" });
  expect(await restart(["left", "own", "halted"], [leftover, record("own"), halted])).toEqual({
    result: { kind: "done" },
    calls: ["restart"],
  });
});

const refusals: readonly [string, readonly string[] | "unknown", readonly DomainRecord[], number][] = [
  [
    "a VM that the database has elsewhere",
    ["left", "web"],
    [leftover, record("web", { residentOn: host(1) })],
    0,
  ],
  ["a VM that the database does not know", ["left", "clone"], [leftover], 0],
  ["a VM on which something is under way", ["left", "web"], [leftover, record("web", { busy: true })], 0],
  ["a host that cannot list its domains", "unknown", [], 0],
  ["answers that are two seconds old", ["left"], [leftover], 2_001],
];
for (const [what, runs, records, takesMs] of refusals)
  test(`restart-xapi: not over ${what}`, async () =>
    expect(await restart(runs, records, { takesMs })).toMatchObject({ result: { kind: "held" }, calls: [] }));

for (const [when, mandateUntilMs] of [
  ["was over before", -1],
  ["ends while the host is asked", 500],
] as const)
  test(`restart-xapi: not by a leader whose mandate ${when}`, async () =>
    expect(await restart(["left"], [leftover], { takesMs: 1_000, mandateUntilMs })).toEqual({
      result: { kind: "held", why: "this host does not lead the group any more" },
      calls: [],
    }));
