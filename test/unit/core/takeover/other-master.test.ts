import { describe, expect, test } from "bun:test";
import { findOtherMaster, masterOf, reportNoMaster } from "../../../../src/core/takeover/other-master.ts";
import { ALIVE, address, DEAD, host, MASTER } from "../fixtures.ts";
import { lastGoodView } from "../memory/remembered.ts";
import { type Situation, slaveScene } from "../rounds.ts";

const slaveOf = (number: number) => ({ kind: "slave", masterAddress: address(host(number)) }) as const;

describe("masterOf", () => {
  test("the host at the address that the slave follows, else the last one known", () => {
    expect(masterOf(slaveOf(3), lastGoodView())).toBe(host(3));
    expect(masterOf(slaveOf(9), lastGoodView())).toBe(host(1));
  });
  test("nobody for a master, and for one that never saw the pool", () => {
    expect(masterOf({ kind: "master" }, lastGoodView())).toBeNull();
    expect(masterOf(slaveOf(1), null)).toBeNull();
  });
});

function seen(probes: NonNullable<Situation["probes"]>) {
  const { memory, round } = slaveScene({ probes });
  return {
    other: findOtherMaster(host(1), memory, round.view),
    none: reportNoMaster(host(1), memory, round.view),
  };
}

describe("findOtherMaster", () => {
  test("a host that says it is master, or follows another one than the dead", () => {
    expect(seen({ h1: DEAD, h3: MASTER }).other).toMatchObject({
      kind: "taken-over",
      host: "h3",
      address: address(host(3)),
    });
    expect(seen({ h1: DEAD, h3: ALIVE(host(2)) }).other).toMatchObject({
      host: "h3",
      address: address(host(2)),
    });
  });
  test("followers of the dead master, and the dead one itself, are no other master", () => {
    expect(seen({ h1: DEAD, h3: ALIVE(host(1)) }).other).toBeNull();
    expect(seen({ h1: MASTER, h3: DEAD }).other).toBeNull();
  });
});

describe("reportNoMaster", () => {
  test("a master that follows somebody is none, and the pool may have none", () =>
    expect(seen({ h1: ALIVE(host(3)), h3: ALIVE(host(1)) }).none).toEqual({
      kind: "master-is-slave",
      host: "h1",
      address: address(host(3)),
    }));
  test("where another host says that it is master, that one has taken over", () =>
    expect(seen({ h1: ALIVE(host(3)), h3: MASTER }).none).toMatchObject({ kind: "taken-over" }));
  test("one that says it is master, or says nothing, is not reported", () => {
    expect(seen({ h1: MASTER }).none).toBeNull();
    expect(seen({ h1: DEAD }).none).toBeNull();
  });
});
