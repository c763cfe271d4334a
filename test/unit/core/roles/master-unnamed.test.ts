import { describe, expect, test } from "bun:test";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import { OFFICE_KEY } from "../../../../src/core/model/pool-keys.ts";
import { decideMaster } from "../../../../src/core/roles/master.ts";
import {
  address,
  database,
  goodView,
  host,
  masterRound,
  memoryWith,
  type Situation,
  three,
} from "../fixtures.ts";

const NOW_MS = 1_000_000;
const NAMES_H3 = { roll: { master: host(3) } };
const WRITTEN = "7.11111111-1111-4111-8111-111111111111.1";
const read = (office: string, master = host(1)) => {
  const view = database(three());
  const otherConfig = { ...view.pool.otherConfig, [OFFICE_KEY]: office };
  return { ...view, pool: { ...view.pool, master, otherConfig } };
};

/** The memory of h1, which calls itself master, after a round. */
function after(over: Partial<Memory>, situation: Situation) {
  const memory = memoryWith(over);
  return decideMaster(masterRound(memory, situation)).memory;
}

describe("decideMaster: a master that is not named says which office its database has: by that it may be named", () => {
  const office = (database: ReturnType<typeof read>, lastGood: Memory["lastGood"] = goodView()) =>
    after({ lastGood }, { database, group: NAMES_H3 }).lastGood?.office;
  test("it reads it in its database", () => expect(office(read(WRITTEN))).toBe(WRITTEN));
  test("what it knew before is over", () =>
    expect(office(read(""), goodView({ office: WRITTEN }))).toBeNull());
  test("the database has another master: what it knew stays", () =>
    expect(office(read(WRITTEN, host(2)))).toBeNull());
  test("it has never seen its pool: it knows nothing", () =>
    expect(office(read(WRITTEN), null)).toBeUndefined());
  test("nothing else of that database is remembered", () => {
    const before = goodView({ atMs: 5 });
    expect(after({ lastGood: before }, { database: read(WRITTEN), group: NAMES_H3 }).lastGood).toEqual({
      ...before,
      office: WRITTEN,
    });
  });
  test("its database cannot be read: what it knew stays", () => {
    const memory = memoryWith({ lastGood: goodView({ office: WRITTEN }) });
    const round = masterRound(memory, { group: NAMES_H3 });
    const view = { ...round.view, database: { ok: false, fault: { kind: "timeout" } } as const };
    expect(decideMaster({ ...round, view }).memory.lastGood?.office).toBe(WRITTEN);
  });
});

describe("decideMaster: since when it is master, and another one is named", () => {
  const since = (group: Situation["group"]) => after({ unnamedSinceMs: 5 }, { group }).unnamedSinceMs;
  test("another one is named still", () => expect(since(NAMES_H3)).toBe(5));
  test("it is named", () => expect(since({})).toBeNull());
  test("nobody is named now", () => expect(since({ roll: null })).toBeNull());
  test("from now on", () =>
    expect(after({ unnamedSinceMs: null }, { group: NAMES_H3 }).unnamedSinceMs).toBe(NOW_MS));
  test("it was a slave, until it has been named once", () => {
    const following = address(host(3));
    expect(after({ following }, { group: NAMES_H3 }).following).toBe(following);
    expect(after({ following }, {}).following).toBeNull();
  });
});
