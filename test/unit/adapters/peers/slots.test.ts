import { expect, test } from "bun:test";
import { createSlots } from "../../../../src/adapters/peers/slots.ts";

test("createSlots: so many at once, in order, also after one that failed", async () => {
  const slots = createSlots(2);
  const begun: number[] = [];
  let running = 0;
  let most = 0;
  const work = async (number: number) => {
    begun.push(number);
    running += 1;
    most = Math.max(most, running);
    await Promise.resolve();
    running -= 1;
    if (number === 2) throw new Error("two");
    return number;
  };
  const ended = await Promise.allSettled([1, 2, 3, 4, 5].map((number) => slots.run(() => work(number))));
  expect(ended.map(({ status }) => status === "fulfilled")).toEqual([true, false, true, true, true]);
  expect(begun).toEqual([1, 2, 3, 4, 5]);
  expect(most).toBe(2);
});
