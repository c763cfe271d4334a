import { describe, expect, test } from "bun:test";
import { decide } from "../../../src/core/decide.ts";
import type { Role } from "../../../src/core/model/pool-view.ts";
import { ALIVE, database, host, MASTER, master, slave, three } from "./fixtures.ts";
import { incidentsOf } from "./rounds.ts";

const read = { ok: true, value: database(three()) } as const;

function roundOf(role: Role, over: { xapiAnswers?: boolean; bootId?: string } = {}) {
  const brain = role.kind === "slave" ? slave(2) : master();
  brain.self = { ...brain.self, role, ...over };
  const probes = role.kind === "slave" ? { h1: MASTER } : { h2: ALIVE(), h3: ALIVE() };
  return brain.input(1_000, { database: read, probes });
}

describe("decide", () => {
  test("by role: a master looks after the pool, a slave follows", () => {
    const kinds = (role: Role) => decide(roundOf(role)).actions.map(({ kind }) => kind);
    expect(kinds({ kind: "master" })).toContain("mark-host");
    expect(kinds({ kind: "slave", masterAddress: "10.0.0.1" })).toEqual([]);
  });

  test("a role that cannot be told decides nothing, and says why", () => {
    for (const role of [{ kind: "broken" }, { kind: "unknown", why: "pool.conf is empty" }] as const) {
      const { actions, reasons } = decide(roundOf(role));
      expect([actions, reasons.map(({ kind }) => kind)]).toEqual([[], ["role-unknown"]]);
    }
  });

  test("the memory of an earlier boot is made usable first: its proofs are over", () => {
    const round = roundOf({ kind: "master" }, { bootId: "boot-2" });
    const memory = { ...round.memory, incidents: incidentsOf(host(3), "declared") };
    const after = decide({ ...round, memory }).memory;
    expect([after.bootId, after.incidents]).toEqual(["boot-2", {}]);
  });

  test("the own toolstack is watched while HA is on, and not while xapi restarts as master", () => {
    const silent = roundOf({ kind: "master" }, { xapiAnswers: false });
    expect(decide(silent).memory.toolstack).toMatchObject({ silentSinceMs: 1_000_000 });
    const off = database(three(), { pool: { ...read.value.pool, otherConfig: {} } });
    const unset = { ...silent, view: { ...silent.view, database: { ok: true, value: off } as const } };
    expect(decide(unset).memory.toolstack).toBeNull();
  });

  test("the same input gives the same output", () => {
    const round = roundOf({ kind: "master" });
    expect(decide(round)).toEqual(decide(round));
  });
});
