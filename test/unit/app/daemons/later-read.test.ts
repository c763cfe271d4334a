import { expect, test } from "bun:test";
import { LaterRead } from "../../../../src/app/daemons/later-read.ts";

test("each gets a reading that began after the question, and two never run at once", async () => {
  const begun: PromiseWithResolvers<string>[] = [];
  const reader = new LaterRead(() => {
    const one = Promise.withResolvers<string>();
    begun.push(one);
    return one.promise;
  });
  const first = reader.read();
  const [second, third] = [reader.read(), reader.read()];
  expect(begun).toHaveLength(1);
  begun[0]?.resolve("of before");
  expect(await first).toBe("of before");
  await Bun.sleep(0);
  expect(begun).toHaveLength(2);
  begun[1]?.resolve("of after");
  expect(await Promise.all([second, third])).toEqual(["of after", "of after"]);
  const fourth = reader.read();
  begun[2]?.resolve("once more");
  expect(await fourth).toBe("once more");
});

test("a reading that fails holds nobody back", async () => {
  let count = 0;
  const reader = new LaterRead(async () => {
    count += 1;
    if (count === 1) throw new Error("no");
    return count;
  });
  const [first, second] = [reader.read(), reader.read()];
  await expect(first).rejects.toThrow("no");
  expect(await second).toBe(2);
});
