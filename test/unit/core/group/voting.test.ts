import { describe, expect, test } from "bun:test";
import { NOTHING_STORED } from "../../../../src/core/group/stored.ts";
import { GROUP_TIMINGS } from "../../../../src/core/group/timings.ts";
import { isPromiseOver, newVoting } from "../../../../src/core/group/voting.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";

const started = newVoting(hostUuid("a"), NOTHING_STORED, 10_000);

describe("isPromiseOver", () => {
  test("a monitor that starts keeps a promise of which it does not know how old it is", () =>
    expect(isPromiseOver(started, 14_999, GROUP_TIMINGS)).toBe(false));
  test("five seconds later it is free", () =>
    expect(isPromiseOver(started, 15_000, GROUP_TIMINGS)).toBe(true));
  test("who was set free is free at once", () =>
    expect(isPromiseOver({ ...started, promisedMs: null }, 10_000, GROUP_TIMINGS)).toBe(true));
  test("a promise is longer than a mandate, by more than two clocks differ", () =>
    expect(GROUP_TIMINGS.promiseMs * 0.99).toBeGreaterThan(GROUP_TIMINGS.mandateMs * 1.01));
});
