import { expect, test } from "bun:test";
import { place } from "../../../../src/core/placement/place.ts";
import { needy, roomy } from "./pools.ts";

/*
 * What the planner of a real xapi (`pool.ha_compute_vm_failover_plan`) has answered for a pool of three hosts of 64 GiB. Which of
 * several hosts it picks is its own taste; whether a VM has one is not.
 */

const FREE = 66_560_458_752;
const GIB = 1024 ** 3;
/** A VM of 1 GiB took 1,085,276,160 bytes, one of 100 GiB 108,216,188,928. */
const bytesOf = (gib: number) => (gib === 1 ? 1_085_276_160 : gib * GIB + Math.ceil(gib * 8.03) * 1024 ** 2);

const rows: readonly (readonly [string, readonly number[], readonly number[], number])[] = [
  ["two VMs of the failed host on the two that are left", [1, 1], [2, 3], 2],
  ["five VMs on the only host that is left", [1, 1, 1, 1, 1], [3], 5],
  ["no host is left: HOST_NOT_ENOUGH_FREE_MEMORY", [1], [], 0],
  ["eight VMs on two hosts", [1, 1, 1, 1, 1, 1, 1, 1], [2, 3], 8],
  ["100 GiB fit nowhere, the small one does", [100, 1], [1, 2, 3], 1],
  ["of two VMs of 40 GiB one fits on the last host", [40, 40], [1], 1],
  ["on two hosts both do", [40, 40], [1, 3], 2],
];
for (const [title, sizes, left, placed] of rows)
  test(`as XAPI's own planner: ${title}`, () => {
    const vms = sizes.map((gib, index) => needy(`vm${index}`, bytesOf(gib)));
    const hosts = left.map((number) => roomy(number, FREE));
    expect(place(vms, hosts).placed.length).toBe(placed);
  });

test("as XAPI's own planner: a host whose storage is unplugged takes nothing, a VM of a group another host than its sibling", () => {
  const hosts = [roomy(1, FREE, { storages: new Set() }), roomy(2, FREE, { apart: ["grp"] }), roomy(3, FREE)];
  const vms = [needy("a", bytesOf(1)), needy("b", bytesOf(1), { apart: ["grp"] })];
  const { placed } = place(vms, hosts);
  expect(placed.map(({ host }) => host as string)).not.toContain("h1");
  expect(placed.find(({ vm }) => vm === "b")?.host as string).toBe("h3");
});
