import { describe, expect, test } from "bun:test";
import { fingerprintPlacement, keepOnDisk } from "../../../../src/core/members/on-disk.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import { OFFICE_KEY } from "../../../../src/core/model/pool-keys.ts";
import { STOP_KEY } from "../../../../src/core/model/stop.ts";
import {
  database,
  goodView,
  haltedVm,
  host,
  hostView,
  masterRound,
  memoryWith,
  type Situation,
  said,
  vm,
} from "../fixtures.ts";
import { hearing, OWN, peer } from "./hearing.ts";

const resident = (uuid: string) => ({ uuid: vm(uuid), homePool: null });
const runs = (number: number, ...vms: readonly string[]) =>
  hostView(host(number), { residents: vms.map(resident) });

/** Of the rounds of the fixtures. */
const NOW_MS = 1_000_000;
const BEFORE = database([runs(1, "web"), runs(2, "db")]);

/** What a master does and says when its disk has `BEFORE` and its database has this. */
function keep(now = BEFORE, over: Partial<Memory> = {}, situation: Situation = {}) {
  const lastGood = goodView({ atMs: NOW_MS });
  const memory = memoryWith({ lastGood, placementOnDisk: fingerprintPlacement(BEFORE), ...over });
  const { actions, reasons } = keepOnDisk(memory, masterRound(memory, { database: now, ...situation }));
  return { does: actions, says: said(reasons).join() };
}

describe("keepOnDisk", () => {
  test("keepOnDisk: what the disk has is not written again, in whatever order XAPI names it", () => {
    expect(keep()).toEqual({ does: [], says: "" });
    expect(keep(database([runs(2, "db"), runs(1, "web")])).does).toEqual([]);
  });

  const changes = {
    "a start": database([runs(1, "web", "mail"), runs(2, "db")]),
    "an end": database([runs(1, "web"), runs(2)]),
    "a move": database([runs(1, "web", "db"), runs(2)]),
    "a join": database([runs(1, "web"), runs(2, "db"), runs(3)]),
    "a host that left": database([runs(1, "web")]),
    "who stopped a VM": {
      ...BEFORE,
      halted: [haltedVm("mail", { otherConfig: { [STOP_KEY]: "mail guest 7 h1" } })],
    },
    "that this is over": database([
      hostView(host(1), { residents: [{ ...resident("web"), hasStop: true }] }),
      runs(2, "db"),
    ]),
  };
  for (const [what, now] of Object.entries(changes)) {
    test(`keepOnDisk: ${what} is put on disk, whoever caused it`, () => {
      const placement = fingerprintPlacement(now);
      expect(keep(now).does).toEqual([{ kind: "store-database", master: host(1), placement, changes: 1 }]);
    });
  }

  test("keepOnDisk: the office of its master is put on disk", () => {
    const { pool } = BEFORE;
    const otherConfig = { ...pool.otherConfig, [OFFICE_KEY]: "7.h1.1" };
    const now = { ...BEFORE, pool: { ...pool, otherConfig } };
    expect(keep(now).does).toHaveLength(1);
    expect(keep(now, { placementOnDisk: fingerprintPlacement(now) }).does).toEqual([]);
  });

  test("keepOnDisk: another key of the pool is nothing to it", () => {
    const { pool } = BEFORE;
    const otherConfig = { ...pool.otherConfig, folder: "/racks/1" };
    expect(keep({ ...BEFORE, pool: { ...pool, otherConfig } }).does).toEqual([]);
  });

  test("keepOnDisk: a master that does not know what its disk has writes it", () => {
    expect(keep(BEFORE, { placementOnDisk: null }).does).toHaveLength(1);
  });

  test("keepOnDisk: what the disk had before nobody looked for a minute is not believed", () => {
    const lookedAt = (agoMs: number) => keep(BEFORE, { lastGood: goodView({ atMs: NOW_MS - agoMs }) });
    expect(lookedAt(60_000).does).toHaveLength(0);
    expect(lookedAt(60_001).does).toHaveLength(1);
  });

  describe("keepOnDisk: what is written is counted", () => {
    const counted = (changes: number | null, ...copies: readonly (number | null)[]) => {
      const lastGood = goodView({ atMs: NOW_MS, changes });
      const peers = copies.map((count, index) => peer(index + 2, { own: { ...OWN, changes: count } }));
      const [store] = keep(BEFORE, { placementOnDisk: null, lastGood }, { hearing: hearing(...peers) }).does;
      return store?.kind === "store-database" ? store.changes : null;
    };
    const rows: readonly [string, number | null, number][] = [
      ["a database that has counted nothing yet", counted(null), 1],
      ["one more than it has counted", counted(7, 6, null), 8],
      ["more than the newest copy of a slave, which may be another master's", counted(7, 6, 12), 13],
    ];
    for (const [what, is, expected] of rows) test(what, () => expect(is).toBe(expected));
  });

  test("keepOnDisk: one write at a time; after a failure it waits, and it is said", () => {
    const unknown = { placementOnDisk: null };
    expect(keep(BEFORE, unknown, { inFlight: ["store-database"] }).does).toEqual([]);
    const failed = (failures: number) => ({
      "store-database": { failures, notBeforeMs: Number.MAX_SAFE_INTEGER },
    });
    expect(keep(BEFORE, { ...unknown, retries: failed(2) })).toEqual({ does: [], says: "" });
    expect(keep(BEFORE, { ...unknown, retries: failed(3) }).says).toBe("database-not-on-disk");
  });
});
