import { expect, test } from "bun:test";
import { watchMaster } from "../../../../src/app/daemons/watch-master.ts";
import { portClock, VirtualClock } from "../../../../src/simulation/clock.ts";

const SECOND = 1_000;

/** A slave whose master does what `master` says; the seconds at which it woke, since the last look. */
function watch() {
  const clock = new VirtualClock();
  const master = { address: "10.77.0.11" as string | null, does: "answer" as "answer" | "refuse" | "hang" };
  const asked: string[] = [];
  const stop = new AbortController();
  let times: number[] = [];
  const ended = watchMaster(
    {
      clock: portClock(clock, () => 0),
      masterAddress: async () => master.address,
      answers: (address) => {
        asked.push(address);
        if (master.does === "hang") return new Promise(() => undefined);
        return master.does === "answer" ? Promise.resolve(true) : Promise.reject(new Error("refused"));
      },
      wake: () => void times.push(clock.nowMs() / SECOND),
    },
    stop.signal,
  );
  const woke = () => {
    const seen = times;
    times = [];
    return seen;
  };
  return { clock, master, asked, woke, stop: () => stop.abort(), ended };
}

test("watchMaster: a master that answers wakes nobody, and is asked every five seconds", async () => {
  const { clock, asked, woke } = watch();
  await clock.run(60.5 * SECOND);
  expect(woke()).toEqual([]);
  expect(asked.length).toBe(12);
});

test("watchMaster: one that falls silent wakes once, and again after it had come back", async () => {
  const { clock, master, woke } = watch();
  await clock.run(11 * SECOND);
  master.does = "refuse";
  await clock.run(60 * SECOND);
  expect(woke()).toEqual([15]);
  master.does = "answer";
  await clock.run(10 * SECOND);
  master.does = "hang";
  await clock.run(60 * SECOND);
  expect(woke()).toEqual([87]);
});

test("watchMaster: another master that is silent too is another silence", async () => {
  const { clock, master, woke } = watch();
  master.does = "refuse";
  await clock.run(6 * SECOND);
  master.address = "10.77.0.12";
  await clock.run(6 * SECOND);
  expect(woke()).toEqual([5, 10]);
});

test("watchMaster: a host that follows nobody asks nobody", async () => {
  const { clock, master, asked, woke } = watch();
  master.address = null;
  master.does = "refuse";
  await clock.run(60 * SECOND);
  expect([asked, woke()]).toEqual([[], []]);
});

test("watchMaster: ends with the monitor, also while it waits for an answer", async () => {
  const { clock, master, woke, stop, ended } = watch();
  master.does = "hang";
  await clock.run(6 * SECOND);
  stop();
  await clock.run(1);
  await ended;
  expect(woke()).toEqual([]);
});
