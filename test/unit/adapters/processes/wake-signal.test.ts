import { expect, test } from "bun:test";
import { createSignalWake } from "../../../../src/adapters/processes/wake-signal.ts";
import { never } from "../scratch.ts";

const sighup = () => process.kill(process.pid, "SIGHUP");
const settled = async (promise: Promise<void>): Promise<boolean> =>
  await Promise.race([promise.then(() => true), Bun.sleep(50).then(() => false)]);

test("createSignalWake: resolves at SIGHUP, not before", async () => {
  const wake = createSignalWake();
  const next = wake.next(never());
  expect(await settled(next)).toBe(false);
  sighup();
  await next;
});

test("createSignalWake: a signal between two calls is not lost, and counts once", async () => {
  const wake = createSignalWake();
  const first = wake.next(never());
  sighup();
  await first;
  const delivered = wake.next(never());
  sighup();
  await delivered;
  const over = new AbortController();
  const third = wake.next(over.signal);
  expect(await settled(third)).toBe(false);
  over.abort();
  await third;
});

test("createSignalWake: a signal while nobody waits wakes the next call at once", async () => {
  const wake = createSignalWake();
  const seen = Promise.withResolvers<void>();
  process.once("SIGHUP", () => seen.resolve());
  sighup();
  await seen.promise;
  await wake.next(never());
});

test("createSignalWake: resolves when the caller is over, also when it was before", async () => {
  const wake = createSignalWake();
  const over = new AbortController();
  const waiting = wake.next(over.signal);
  over.abort();
  await waiting;
  await wake.next(over.signal);
});
