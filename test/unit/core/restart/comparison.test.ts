import { describe, expect, test } from "bun:test";
import type { DomainRecord } from "../../../../src/core/model/pool-view.ts";
import { leftoverOf, stillDeclared } from "../../../../src/core/restart/comparison.ts";
import { host, memoryWith, runsThere, vm } from "../fixtures.ts";

const WEB = vm("web");
const record: DomainRecord = {
  uuid: WEB,
  name: "web",
  residentOn: host(2),
  powerState: "Running",
  busy: false,
};
const left = (restartedAtMs: number | null = null) => ({ [host(3)]: { vms: [WEB], restartedAtMs } });

describe("leftoverOf", () => {
  const of = (hosts: readonly number[], declaredDead = left()) =>
    leftoverOf(
      { kind: "twice", record, hosts: hosts.map((number) => host(number)) },
      memoryWith({ declaredDead }),
      1_000_000,
    );

  test("the copy on the host that was declared dead, when the other is where the database has the VM", () => {
    expect(of([2, 3])).toBe(host(3));
    expect(of([1, 3])).toBeNull();
    expect(of([1, 2])).toBeNull();
    expect(of([1, 2, 3])).toBeNull();
  });

  test("no longer when a comparison has had its time in vain", () => {
    expect(of([2, 3], left(940_001))).toBe(host(3));
    expect(of([2, 3], left(940_000))).toBeNull();
  });
});

test("stillDeclared: until its host has said that it runs none of the VMs of then", () => {
  const after = (runs: Parameters<typeof runsThere>[1]) =>
    stillDeclared(left(), new Map([[host(3), runsThere(host(1), runs)]]));
  expect(after([WEB])).toEqual(left());
  expect(after("unknown")).toEqual(left());
  expect(after([vm("mail")])).toEqual({});
  expect(stillDeclared(left(), new Map())).toEqual(left());
});
