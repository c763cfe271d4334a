import { expect, test } from "bun:test";
import { addCounts, countTests, failedTests, renderCounts } from "./counts.ts";

const summary = (lines: string) =>
  `some output\n${lines}\n 12 expect() calls\nRan 5 tests across 2 files. [79.00ms]\n`;

test("countTests: a clean run", () => {
  expect(countTests(summary(" 5 pass\n 0 fail"), 0)).toEqual({ passed: 5, failed: 0, skipped: 0 });
});

test("countTests: skipped and to-do tests are skipped ones", () => {
  expect(countTests(summary(" 1 pass\n 2 skip\n 1 todo\n 1 fail"), 1)).toEqual({
    passed: 1,
    failed: 1,
    skipped: 3,
  });
});

test("countTests: a run without a summary is a failure, whatever its exit status", () => {
  expect(countTests("Segmentation fault", 139).failed).toBe(1);
  expect(countTests("", 0).failed).toBe(1);
});

test("countTests: an exit status without a failed test is a failure", () => {
  expect(countTests(summary(" 5 pass\n 0 fail"), 1).failed).toBe(1);
});

test("countTests: a run of no tests is a failure", () => {
  expect(countTests("Ran 0 tests across 0 files. [1.00ms]", 0).failed).toBe(1);
});

test("countTests: a summary that a test printed earlier does not count", () => {
  const noise = ` 99 pass\n${"line\n".repeat(20)}`;
  expect(countTests(noise + summary(" 5 pass\n 0 fail"), 0).passed).toBe(5);
});

test("failedTests: each once, by its name", () => {
  const output = "(pass) one [1.00ms]\n(fail) two [3.5s] is slow [8085.23ms]\n(fail) three\n\n(fail) three";
  expect(failedTests(output)).toEqual(["two [3.5s] is slow", "three"]);
});

test("renderCounts: the last line of npm test", () => {
  const total = addCounts([
    { passed: 1, failed: 0, skipped: 0 },
    { passed: 2, failed: 1, skipped: 3 },
  ]);
  expect(renderCounts(total)).toBe("3 passed, 1 failed, 3 skipped");
});
