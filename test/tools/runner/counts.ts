/** What a ring's run came to. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * Reads the summary at the end of the output of `bun test` (` N pass`, ` N fail`, `Ran N tests across N files.`), held
 * against its exit status: a run that died before its summary, that failed outside any test, or that had no test at
 * all is one failure more. (The JUnit report does not know files that failed to load.)
 */
export function countTests(output: string, exitCode: number): Counts {
  const end = output.trimEnd().split("\n").slice(-12);
  if (!end.some((line) => /^Ran \d+ tests? across \d+ files?\./.test(line))) {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const passed = amount(end, "pass");
  const reported = Math.max(amount(end, "fail"), amount(end, "error"));
  const unexplained = reported === 0 && (exitCode !== 0 || passed === 0);
  return {
    passed,
    failed: unexplained ? 1 : reported,
    skipped: amount(end, "skip") + amount(end, "todo"),
  };
}

/** The tests that failed, by name, as the output of `bun test` has them; empty when it died before it said so. */
export function failedTests(output: string): readonly string[] {
  const names = output
    .split("\n")
    .flatMap((line) => /^\(fail\) (.*?)(?: \[[\d.]+m?s\])?$/.exec(line)?.[1] ?? []);
  // At the end bun repeats them.
  return [...new Set(names)];
}

export function addCounts(all: readonly Counts[]): Counts {
  return all.reduce(
    (sum, each) => ({
      passed: sum.passed + each.passed,
      failed: sum.failed + each.failed,
      skipped: sum.skipped + each.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );
}

export function renderCounts(counts: Counts): string {
  return `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
}

function amount(lines: readonly string[], word: string): number {
  const found = lines.map((line) => /^\s*(\d+) (\w+)$/.exec(line)).filter((match) => match?.[2] === word);
  return Number(found.at(-1)?.[1] ?? 0);
}
