import { describe, expect, test } from "bun:test";
import { endLease } from "../../../../src/app/daemons/end-lease.ts";
import type { WatchdogSlot } from "../../../../src/ports/watchdog-slots.ts";
import { portClock, VirtualClock } from "../../../../src/simulation/clock.ts";

const SLOT: WatchdogSlot = { id: "one", armedMs: 0, timeoutMs: 15_000 };

/** What it comes to when what is armed is so at these seconds, and what it has asked for when. */
async function ask(armedAt: (second: number) => readonly WatchdogSlot[] | "unknown") {
  const clock = new VirtualClock();
  const asked: string[] = [];
  const seconds = () => clock.nowMs() / 1_000;
  const store = {
    save: async (name: string, value: unknown) =>
      void asked.push(`${seconds()} ${name} ${JSON.stringify(value)}`),
  };
  const slots = { armed: async () => armedAt(seconds()) };
  const end = endLease({ clock: portClock(clock, () => 0), store, slots }, new AbortController().signal);
  await clock.run(30_000);
  return [await end, ...asked];
}

describe("endLease", () => {
  test("nothing is armed: nobody is asked", async () => expect(await ask(() => [])).toEqual(["none"]));
  test("it ends as soon as nothing is armed any more", async () =>
    expect(await ask((second) => (second < 3 ? [SLOT] : []))).toEqual(["ended", '0 lease-end {"atMs":0}']));
  test("nobody answers: it is refused, and the lease goes on", async () =>
    expect(await ask(() => [SLOT])).toEqual([
      "refused",
      '0 lease-end {"atMs":0}',
      '20 lease-end {"atMs":null}',
    ]));
  test("what cannot be told may be armed", async () =>
    expect((await ask(() => "unknown"))[0]).toBe("refused"));
});
