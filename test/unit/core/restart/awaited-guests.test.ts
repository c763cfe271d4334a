import { expect, test } from "bun:test";
import { awaitedGuests } from "../../../../src/core/restart/awaited-guests.ts";
import { database, haltedVm, host, hostView, memoryWith, SETTINGS, vm } from "../fixtures.ts";

const NOW_MS = 1_000_000;
const WAITS = { ...SETTINGS, START_WAITS_FOR: "tools", START_WAITS_LIMIT: 60 } as const;
const startedAt = (...startedAtMs: number[]) => ({ startedAtMs, order: 1, startDelayS: 0, host: null });
const runs = hostView(host(1), {
  residents: ["a", "late", "by-hand"].map((name) => ({ uuid: vm(name), homePool: null })),
});
const next = database([runs], { halted: [haltedVm("next")] });
const memory = memoryWith({
  restarts: {
    [vm("a")]: startedAt(1_000, NOW_MS - 59_999),
    [vm("late")]: startedAt(NOW_MS - 60_000),
    [vm("down-again")]: startedAt(NOW_MS - 1),
    [vm("asked")]: startedAt(),
  },
});

test("those that were started within the limit, and run", () =>
  expect(awaitedGuests(memory, next, WAITS, NOW_MS)).toEqual([vm("a")]));

test.each([
  ["nothing is waited for", next, SETTINGS],
  ["appliances keep their own order", next, { ...WAITS, OP_MODE: 1 as const }],
  ["nothing is to be started", database([runs]), WAITS],
  [
    "what is down is not to be started",
    database([runs], { halted: [haltedVm("x", { startBlocked: true })] }),
    WAITS,
  ],
])("none: %s", (_, read, settings) => expect(awaitedGuests(memory, read, settings, NOW_MS)).toEqual([]));
