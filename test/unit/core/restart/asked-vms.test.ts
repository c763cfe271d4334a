import { expect, test } from "bun:test";
import { askedVms } from "../../../../src/core/restart/asked-vms.ts";
import { database, haltedVm, host, hostView, POOL, ranIn, SETTINGS, vm } from "../fixtures.ts";

test("askedVms: managed VMs that are down and have run here, and those that run", () => {
  const read = database(
    [
      hostView(host(1)),
      hostView(host(2), {
        residents: [
          { uuid: vm("runs"), homePool: POOL },
          { uuid: vm("of another pool"), homePool: "other" },
          { uuid: vm("never stamped"), homePool: null },
        ],
      }),
    ],
    {
      halted: [haltedVm("down", { otherConfig: ranIn("down") }), haltedVm("never ran", { otherConfig: {} })],
    },
  );
  expect(askedVms(read, SETTINGS)).toEqual([vm("down"), vm("runs")]);
});
