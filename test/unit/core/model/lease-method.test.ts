import { describe, expect, test } from "bun:test";
import { countsOnLease } from "../../../../src/core/model/lease-method.ts";

describe("countsOnLease", () => {
  const rows: readonly [string, boolean][] = [
    ["WATCHDOG", true],
    ["IPMI,WATCHDOG", true],
    ["IPMI", false],
    ["POOL", false],
    ["my-WATCHDOG", false],
  ];
  for (const [methods, counts] of rows) test(methods, () => expect(countsOnLease(methods)).toBe(counts));
});
