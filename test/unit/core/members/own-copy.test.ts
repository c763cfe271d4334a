import { describe, expect, test } from "bun:test";
import { fetchAfterMs, fetchAgainMs, keepCopyFresh } from "../../../../src/core/members/own-copy.ts";
import type { LastGoodView } from "../../../../src/core/memory/last-good.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import type { MasterRound } from "../../../../src/core/memory/step.ts";
import {
  database,
  goodView,
  host,
  hostView,
  knownHost,
  memoryWith,
  type Situation,
  said,
  slaveRound,
  three,
} from "../fixtures.ts";

/** Of the rounds of the fixtures. */
const NOW_MS = 1_000_000;
const COPY = { master: host(1), changes: 7, currentAtMs: 1, notBeforeMs: 2 };

/** What h2 does and says whose copy has this, while the database of its master h1 has counted so many changes. */
function keep(changes: number | null, over: Partial<Memory> = {}, situation: Situation = {}) {
  const memory = memoryWith({ lastGood: goodView({ changes }), copy: COPY, ...over });
  const read = situation.database ?? database(three());
  const { view, ...rest } = slaveRound(memory, situation);
  const round: MasterRound = {
    ...rest,
    view: { ...view, database: { ok: true, value: read } },
    database: read,
  };
  const step = keepCopyFresh(memory, round);
  return { does: step.actions, says: said(step.reasons).join(), copy: step.memory.copy };
}

describe("keepCopyFresh", () => {
  const fetch = (changes: number) => [{ kind: "fetch-database", host: host(2), master: host(1), changes }];

  test("a higher count of the master: fetched, and until then the copy is what it was", () =>
    expect(keep(8)).toEqual({ does: fetch(8), says: "", copy: COPY } as never));

  test("the same count: current, and nothing is fetched", () =>
    expect(keep(7)).toEqual({ does: [], says: "", copy: { ...COPY, currentAtMs: NOW_MS } }));

  test("a lower one, of a master that came back with an older database: the newer copy stays", () =>
    expect(keep(6).does).toEqual([]));

  test("a host that has fetched none fetches one", () =>
    expect(keep(3, { copy: null }).does).toEqual(fetch(3) as never));

  test("a copy of another master's database says nothing, however much it has counted", () =>
    expect(keep(3, { copy: { ...COPY, master: host(3) } }).does).toEqual(fetch(3) as never));

  test("a master that counts nothing is of an earlier version: XAPI copies as it always did", () =>
    expect(keep(null, { copy: null }).does).toEqual([]));

  test("a database that does not know this host is older than its join: nothing is fetched", () =>
    expect(keep(8, {}, { database: database([hostView(host(1)), hostView(host(3))]) }).does).toEqual([]));

  test("soon after the last fetch: later, unless the copy is another master's", () => {
    const soon = { ...COPY, notBeforeMs: NOW_MS + 1 };
    expect(keep(8, { copy: soon }).does).toEqual([]);
    expect(keep(8, { copy: { ...soon, notBeforeMs: NOW_MS } }).does).toHaveLength(1);
    expect(keep(8, { copy: { ...soon, master: host(3) } }).does).toHaveLength(1);
  });

  test("one at a time; after failures it waits, and the third is told", () => {
    expect(keep(8, {}, { inFlight: ["fetch-database"] }).does).toEqual([]);
    const failed = (failures: number) => ({
      retries: { "fetch-database": { failures, notBeforeMs: Number.MAX_SAFE_INTEGER } },
    });
    expect(keep(8, failed(2))).toMatchObject({ does: [], says: "" });
    expect(keep(8, failed(3)).says).toBe("copy-is-old");
    expect(keep(7, failed(3)).says).toBe("");
  });
});

describe("fetchAgainMs", () => {
  const wait = (hosts: number, over: Partial<LastGoodView> = {}) => {
    const known = Array.from({ length: hosts }, (_, index) => knownHost(host(index + 1)));
    return fetchAgainMs(memoryWith({ lastGood: goodView({ hosts: known, ...over }) }), host(3));
  };

  test("ten seconds; with many hosts a second for each of them, for all of them ask the one master", () =>
    expect([wait(3), wait(10), wait(64)]).toEqual([10_000, 10_000, 64_000]));

  test("the first successor waits no longer than that", () =>
    expect(wait(64, { ranking: [host(3), host(2)] })).toBe(10_000));

  test("a host that knows no pool", () =>
    expect(fetchAgainMs(memoryWith({ lastGood: null }), host(3))).toBe(10_000));
});

test("fetchAfterMs: the first successor at once, the others two seconds later and one after the other", () => {
  const after = (number: number) => fetchAfterMs(goodView({ ranking: [host(2), host(3)] }), host(number));
  expect([after(2), after(3), after(4)]).toEqual([0, 2_250, 2_500]);
});
