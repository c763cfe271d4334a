import { expect, test } from "bun:test";
import { withEnds } from "../../../../src/app/daemons/iteration-ends.ts";
import type { ChildDeath, RunningChild } from "../../../../src/ports/processes.ts";

test("withEnds: the same children, and who wants to know is told when each of them ends", async () => {
  const ended = Promise.withResolvers<ChildDeath>();
  const child: RunningChild = { pid: 7, ended: ended.promise, killGroup: () => undefined };
  const lost: number[] = [];
  const { processes, onEnd } = withEnds({
    startIteration(count) {
      lost.push(count);
      return child;
    },
  });
  let told = 0;
  onEnd(() => {
    told += 1;
  });
  expect(processes.startIteration(3)).toBe(child);
  expect([lost, told]).toEqual([[3], 0]);
  ended.resolve({ exitCode: 0, signal: null, lastWords: "" });
  await ended.promise;
  expect(told).toBe(1);
});
