import { expect, test } from "bun:test";
import { differingVms } from "../../../../src/core/restart/differences.ts";
import { database, host, hostView, runsThere, vm } from "../fixtures.ts";

const resident = (name: string) => ({ uuid: vm(name), homePool: "pool" });

test("differingVms: what a host runs and is not its resident, and residents that it does not run", () => {
  const read = database([
    hostView(host(1)),
    hostView(host(2), { residents: [resident("here"), resident("gone")] }),
    hostView(host(3), { residents: [resident("silent")] }),
  ]);
  const answers = new Map([
    [host(2), runsThere(host(1), [vm("here"), vm("unrecorded"), vm("not-asked")])],
    [host(3), runsThere(host(1), "unknown")],
  ]);
  const asked = ["here", "gone", "silent", "unrecorded", "down"].map(vm);
  expect(differingVms(asked, read, answers)).toEqual([vm("gone"), vm("unrecorded")]);
});

test("differingVms: none where the database is wrong about more than a hundred", () => {
  const many = Array.from({ length: 101 }, (_, at) => vm(`vm${at}`));
  const read = database([hostView(host(2))]);
  const differing = (vms: readonly ReturnType<typeof vm>[]) =>
    differingVms(vms, read, new Map([[host(2), runsThere(host(1), vms)]])).length;
  expect([differing(many.slice(1)), differing(many)]).toEqual([100, 0]);
});
