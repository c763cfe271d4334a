import { describe, expect, test } from "bun:test";
import { LeaseWarning, runningLease } from "../../../../src/app/daemons/lease-warning.ts";
import { portClock, VirtualClock } from "../../../../src/simulation/clock.ts";
import { groupState } from "../../core/group/states.ts";

const LEASE = { leaseMs: 20_000, heard: 1, others: 2 };

function stage(word: unknown = null) {
  const clock = new VirtualClock();
  const said: string[] = [];
  const disk = { word };
  const warning = new LeaseWarning({
    clock: portClock(clock, () => 0),
    logger: { log: (severity, _from, text) => void said.push(`${severity}: ${text}`) },
    alarm: { raise: ({ severity, subject }) => void said.push(`alarm ${severity}: ${subject}`) },
    store: {
      load: async () => (disk.word === null ? { kind: "none" } : { kind: "found", value: disk.word }),
      save: async (_name, value) => {
        disk.word = value;
      },
    },
    self: { bootId: async () => "now" },
  });
  return { warning, said, disk };
}

describe("LeaseWarning", () => {
  test("an answer that is missing for three fifths of the lease is told once, and on the disk", async () => {
    const { warning, said, disk } = stage();
    for (const nowMs of [0, 6_000, 12_000, 12_001, 13_000]) warning.tell({ ...LEASE, ackedMs: 0 }, nowMs);
    await Promise.resolve();
    expect(said).toEqual([
      "critical: The watchdog is about to reset this host: no host that leads the pool has answered this one for 12 s of the 20 s of its lease; it hears 1 of 2 other hosts.",
    ]);
    await Promise.resolve();
    expect(disk.word).toMatchObject({ bootId: "now" });
  });

  test("an answer ends it, and the word is taken back", async () => {
    const { warning, said, disk } = stage();
    warning.tell({ ...LEASE, ackedMs: 0 }, 13_000);
    warning.tell({ ...LEASE, ackedMs: 13_500 }, 14_000);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    expect(said.at(-1)).toBe("info: The pool answers this host again: its lease goes on.");
    expect(disk.word).toBeNull();
  });

  test("without a lease nothing is told", () => {
    const { warning, said } = stage();
    warning.tell(null, 99_000);
    expect(said).toEqual([]);
  });

  test("after a reset the last word of the boot before is told, once", async () => {
    const { warning, said, disk } = stage({ bootId: "before", text: "nobody answered." });
    await warning.tellLastBoot();
    await warning.tellLastBoot();
    expect(said).toEqual([
      "critical: This host was reset by its own watchdog, as FENCE_METHOD=WATCHDOG wants it. Its last word before: nobody answered.",
      "alarm critical: This host was reset by its watchdog: the pool had not answered it",
    ]);
    expect(disk.word).toBeNull();
  });

  for (const [what, word] of [
    ["of this boot", { bootId: "now", text: "x" }],
    ["that is none", { text: 7 }],
    ["that was taken back", null],
  ] as const)
    test(`a word ${what} tells nothing`, async () => {
      const { warning, said } = stage(word);
      await warning.tellLastBoot();
      expect(said).toEqual([]);
    });
});

describe("runningLease", () => {
  const state = groupState({}, { b: {}, c: { age: 9, silent: 9 } });
  const acked = { ...state, leases: { ...state.leases, ownAckedMs: 7 } };
  test("who is heard", () => expect(runningLease(acked, 20_000)).toEqual({ ...LEASE, ackedMs: 7 }));
  test("nobody counts on it", () => expect(runningLease(acked, null)).toBeNull());
  test("nothing was acknowledged yet", () => expect(runningLease(state, 20_000)).toBeNull());
});
