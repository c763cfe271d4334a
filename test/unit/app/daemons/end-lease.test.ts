import { describe, expect, test } from "bun:test";
import { endLease, type LeaseEnding } from "../../../../src/app/daemons/end-lease.ts";
import type { GroupSight } from "../../../../src/core/model/group-sight.ts";
import type { Hearing } from "../../../../src/core/model/hearing.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import type { WatchdogSlot } from "../../../../src/ports/watchdog-slots.ts";
import { portClock, VirtualClock } from "../../../../src/simulation/clock.ts";
import { NO_GROUP, REFUSED_NOTHING } from "../../core/group/group.ts";

const HEARD: Hearing = {
  ...{ self: hostUuid("a"), bootId: "boot", atMs: 0, peers: [], group: NO_GROUP },
  ...{ refused: REFUSED_NOTHING, trouble: null },
};
const SLOT: WatchdogSlot = { id: "one", armedMs: 0, timeoutMs: 15_000 };

/** What it comes to when what is armed is so at these seconds, and what it has asked for and said when. */
async function ask(
  armedAt: (second: number) => readonly WatchdogSlot[] | "unknown",
  strandsAt: (second: number) => boolean | "nothing is published" = () => false,
  lead: GroupSight["lead"] = "hears",
) {
  const clock = new VirtualClock();
  const log: string[] = [];
  const seconds = () => clock.nowMs() / 1_000;
  const store = {
    save: async (name: string, value: unknown) =>
      void log.push(`${seconds()} ${name} ${JSON.stringify(value)}`),
  };
  const slots = { armed: async () => armedAt(seconds()) };
  const hearing = {
    read: async () => {
      const strands = strandsAt(seconds());
      if (typeof strands !== "boolean") return { ...HEARD, atMs: -10_000 };
      const ownLease = { leaseMs: 15_000, armed: 2, ackedMs: 0, firesMs: 0, strands, trouble: null };
      return { ...HEARD, atMs: clock.nowMs(), group: { ...NO_GROUP, lead, ownLease } };
    },
  };
  const tell = (line: string) => void log.push(`${seconds()} ${line}`);
  const ports = { clock: portClock(clock, () => 0), store, slots, hearing, tell };
  const end = endLease(ports, new AbortController().signal);
  await clock.run(300_000);
  return [await end, ...log];
}

const refused = (why: "unanswered" | "strands", waitedMs: number): LeaseEnding => ({
  kind: "refused",
  why,
  waitedMs,
});

describe("endLease", () => {
  test("nothing is armed: nobody is asked", async () =>
    expect(await ask(() => [])).toEqual([{ kind: "none" }]));
  test("it ends as soon as nothing is armed any more", async () =>
    expect(await ask((second) => (second < 3 ? [SLOT] : []))).toEqual([
      { kind: "ended" },
      "0 Waiting for the end of this host's lease (FENCE_METHOD=WATCHDOG), 10 s at most.",
      '0 lease-end {"atMs":0}',
    ]));
  test("nobody answers: after two thirds of the lease it is refused, and goes on", async () =>
    expect(await ask(() => [SLOT])).toEqual([
      refused("unanswered", 10_000),
      "0 Waiting for the end of this host's lease (FENCE_METHOD=WATCHDOG), 10 s at most.",
      '0 lease-end {"atMs":0}',
      '10 lease-end {"atMs":null}',
    ]));
  test("a long lease is waited for longer: every ten seconds it is asked anew, and said how it goes on", async () => {
    const [end, ...log] = await ask(() => [{ ...SLOT, timeoutMs: 40_000 }]);
    expect(end).toEqual(refused("unanswered", 26_750));
    expect(log).toEqual([
      "0 Waiting for the end of this host's lease (FENCE_METHOD=WATCHDOG), 27 s at most.",
      '0 lease-end {"atMs":0}',
      '10 lease-end {"atMs":10000}',
      "10 Still waiting: 10 of 27 s.",
      '20 lease-end {"atMs":20000}',
      "20 Still waiting: 20 of 27 s.",
      '26.75 lease-end {"atMs":null}',
    ]);
    expect((await ask(() => [{ ...SLOT, timeoutMs: 300_000 }]))[0]).toEqual(refused("unanswered", 200_000));
  });
  test("others would be left without a majority: it is refused as soon as that has been so for five seconds", async () => {
    expect(
      (
        await ask(
          () => [SLOT],
          (second) => second > 1,
        )
      )[0],
    ).toEqual(refused("strands", 6_250));
    expect(
      (
        await ask(
          () => [SLOT],
          (second) => second < 5,
        )
      )[0],
    ).toEqual(refused("unanswered", 10_000));
    expect(
      (
        await ask(
          () => [SLOT],
          () => "nothing is published",
        )
      )[0],
    ).toEqual(refused("unanswered", 10_000));
  });
  test("a host that is cut off hears no majority either: that is no answer", async () =>
    expect(
      (
        await ask(
          () => [SLOT],
          () => true,
          "none",
        )
      )[0],
    ).toEqual(refused("unanswered", 10_000)));
  test("what cannot be told may be armed", async () =>
    expect((await ask(() => "unknown"))[0]).toEqual(refused("unanswered", 20_000)));
});
