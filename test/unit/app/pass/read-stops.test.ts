import { expect, test } from "bun:test";
import { isStoppedSince, readStops } from "../../../../src/app/pass/read-stops.ts";
import { resolveSettings } from "../../../../src/config/resolve.ts";
import type { StopMessages } from "../../../../src/core/model/stop.ts";
import { neverAborts } from "../../../../src/ports/deadline.ts";
import { portClock, VirtualClock } from "../../../../src/simulation/clock.ts";
import { database, FLAG, haltedVm, memoryWith, three, vm } from "../../core/fixtures.ts";

const { settings } = resolveSettings({ override: {}, pool: {}, lastGood: {} });
const SILENT: StopMessages = { startedAtMs: null, stoppedAtMs: null, isForced: false };

function readerOf(messages: StopMessages | null | "hangs") {
  const time = new VirtualClock();
  const asked: string[] = [];
  const xapi = {
    readStops: async (vms: readonly ReturnType<typeof vm>[]) => {
      asked.push(...vms);
      if (messages === "hangs") return new Promise<never>(() => {});
      return new Map(messages === null ? [] : vms.map((one) => [one, messages]));
    },
  };
  return { time, asked, reader: { ports: { clock: portClock(time, () => 0) }, xapi, settings } };
}

const down = database(three(), { halted: [haltedVm("web")] });

test("readStops: reads what is down, and nothing where nothing is, or HA is off", async () => {
  const { reader, asked } = readerOf(SILENT);
  const read = (pool: typeof down) => readStops({ ...reader, memory: memoryWith() }, pool, neverAborts());
  expect([...(await read(down))]).toEqual([[vm("web"), SILENT]]);
  expect((await read(database(three()))).size).toBe(0);
  expect((await read({ ...down, pool: { ...down.pool, otherConfig: { [FLAG]: "false" } } })).size).toBe(0);
  expect(asked).toEqual(["web"]);
});

test("readStops: a xapi that does not answer has said nothing", async () => {
  const { reader, time } = readerOf("hangs");
  const read = readStops({ ...reader, memory: memoryWith() }, down, neverAborts());
  await time.run(settings.XE_TIMEOUT * 1_000);
  expect((await read).size).toBe(0);
});

test.each<readonly [string, StopMessages | null, number | undefined, boolean]>([
  ["nobody has", SILENT, undefined, false],
  ["a client has", { ...SILENT, stoppedAtMs: 7_000 }, undefined, true],
  ["a client has once more", { ...SILENT, stoppedAtMs: 7_000 }, 5_000, true],
  ["that is what was known", { ...SILENT, stoppedAtMs: 7_000 }, 7_000, false],
  ["it was started since", { ...SILENT, startedAtMs: 9_000, stoppedAtMs: 7_000 }, undefined, false],
  ["that cannot be read", null, undefined, false],
])("isStoppedSince: %s", async (_, messages, knownStopMs, expected) => {
  const ask = { vm: vm("web"), witnesses: [], ...(knownStopMs === undefined ? {} : { knownStopMs }) };
  expect(await isStoppedSince([ask], readerOf(messages).reader, neverAborts())).toBe(expected);
});

test("isStoppedSince: a slow xapi does not make the answers of the hosts too old", async () => {
  const { reader, time } = readerOf("hangs");
  const asked = isStoppedSince([{ vm: vm("web"), witnesses: [] }], reader, neverAborts());
  await time.run(1_000);
  expect(await asked).toBe(false);
});
