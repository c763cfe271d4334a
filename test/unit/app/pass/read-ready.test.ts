import { expect, test } from "bun:test";
import { readReady } from "../../../../src/app/pass/read-ready.ts";
import { resolveSettings } from "../../../../src/config/resolve.ts";
import { neverAborts } from "../../../../src/ports/deadline.ts";
import { portClock, VirtualClock } from "../../../../src/simulation/clock.ts";
import { database, haltedVm, host, hostView, memoryWith, vm } from "../../core/fixtures.ts";

const pool = { HA_START_WAITS_FOR: "address" };
const { settings } = resolveSettings({ override: {}, pool, lastGood: {} });
const runs = hostView(host(1), { residents: [{ uuid: vm("a"), homePool: null }] });
const memory = memoryWith({
  restarts: { [vm("a")]: { startedAtMs: [0], order: 1, startDelayS: 0, host: null } },
});

function reader(answer: () => Promise<ReadonlySet<ReturnType<typeof vm>>>) {
  const time = new VirtualClock();
  const asked: unknown[] = [];
  const xapi = {
    readReady: (...what: unknown[]) => {
      asked.push(what.slice(0, 2));
      return answer();
    },
  };
  const given = { ports: { clock: portClock(time, () => 0) }, xapi, memory, settings };
  return {
    time,
    asked,
    read: (halted = [haltedVm("b")]) => readReady(given, database([runs], { halted }), neverAborts()),
  };
}

test("asked while a start waits for a guest, and only then", async () => {
  const { asked, read } = reader(async () => new Set([vm("a")]));
  expect([...(await read([]))]).toEqual([]);
  expect(asked).toEqual([]);
  expect([...(await read())]).toEqual([vm("a")]);
  expect(asked).toEqual([[[vm("a")], "address"]]);
});

test("a XAPI that hangs holds the round for a second: nobody is known to be ready", async () => {
  const { time, read } = reader(() => new Promise<never>(() => undefined));
  const reading = read();
  await time.run(1_000);
  expect([...(await reading)]).toEqual([]);
});
