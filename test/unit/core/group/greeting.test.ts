import { describe, expect, test } from "bun:test";
import { stepGreeted, withGreeter } from "../../../../src/core/group/greeting.ts";
import type { GroupReport } from "../../../../src/core/group/own-state.ts";
import { type HostUuid, hostUuid, poolUuid } from "../../../../src/core/model/ids.ts";

/** When iterations are woken, for greetings of these hosts at these seconds. */
function wakes(greetings: readonly (readonly [string, number])[]): readonly number[] {
  let greeted: ReadonlyMap<HostUuid, number> = new Map();
  return greetings.flatMap(([from, second]) => {
    const step = stepGreeted(greeted, hostUuid(from), second * 1_000);
    greeted = step.greeted;
    return step.wakes ? [second] : [];
  });
}

describe("stepGreeted", () => {
  test("the first greeting of each host wakes", () =>
    expect(
      wakes([
        ["c", 1],
        ["d", 1],
        ["c", 2],
        ["d", 3],
      ]),
    ).toEqual([1, 1]));

  test("one that greets for ever wakes once a minute", () =>
    expect(wakes(Array.from({ length: 130 }, (_, second) => ["c", second] as const))).toEqual([0, 60, 120]));

  test("of more hosts than a pool can have the further ones wake nobody", () =>
    expect(wakes(Array.from({ length: 80 }, (_, index) => [`h${index}`, index] as const))).toHaveLength(64));
});

const NO_LIST: GroupReport = {
  self: hostUuid("a"),
  pool: null,
  port: 694,
  peers: [],
  successor: null,
  maintenance: [],
  without: [],
  needsCompany: false,
  enabled: null,
  haWished: null,
  changes: null,
  office: null,
  fetchAfterMs: 0,
  leaseMs: null,
  tie: null,
  disarm: [],
};
const greeting = (from: string, pool = "p", address = `of-${from}`) => ({
  from: hostUuid(from),
  pool: poolUuid(pool),
  address,
});

describe("withGreeter", () => {
  test("whoever greets is answered, in its pool", () =>
    expect(withGreeter(withGreeter(NO_LIST, greeting("b")), greeting("c"))).toEqual({
      ...NO_LIST,
      pool: poolUuid("p"),
      peers: [
        { host: hostUuid("b"), addresses: ["of-b"] },
        { host: hostUuid("c"), addresses: ["of-c"] },
      ],
    }));

  test("the way that came last is the one that is used", () =>
    expect(withGreeter(withGreeter(NO_LIST, greeting("b")), greeting("b", "p", "elsewhere")).peers).toEqual([
      { host: hostUuid("b"), addresses: ["elsewhere"] },
    ]));

  test("a second pool, this host itself, and more hosts than a pool has change nothing", () => {
    const first = withGreeter(NO_LIST, greeting("b"));
    expect(withGreeter(first, greeting("c", "q"))).toBe(first);
    expect(withGreeter(first, greeting("a"))).toBe(first);
    let full = first;
    for (let index = 0; index < 80; index++) full = withGreeter(full, greeting(`h${index}`));
    expect(full.peers).toHaveLength(63);
  });
});
