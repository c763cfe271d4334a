import { describe, expect, test } from "bun:test";
import type { OwnState } from "../../../../src/core/model/hearing.ts";
import type { PoolView } from "../../../../src/core/model/pool-view.ts";
import { askedVms } from "../../../../src/core/restart/asked-vms.ts";
import { database, haltedVm, host, hostView, POOL, ranIn, SETTINGS, vm } from "../fixtures.ts";
import { hearing, OWN, peer } from "../members/hearing.ts";

const READ = database(
  [
    hostView(host(1), { residents: [{ uuid: vm("never stamped, too"), homePool: null }] }),
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

describe("askedVms", () => {
  const asked = (hearing: PoolView["hearing"]) => askedVms(READ, SETTINGS, { hearing }).map(String);
  const MANAGED = ["down", "runs"];
  const says = (xapi: OwnState["xapi"]) => hearing(peer(2), peer(3, { own: { ...OWN, xapi } }));

  test("managed VMs that are down and have run here, and those that run", () => {
    for (const xapi of ["serving", "starting", "silent"] as const) expect(asked(says(xapi))).toEqual(MANAGED);
    expect(asked("unknown")).toEqual(MANAGED);
  });
  test("while a xapi is held all that run anywhere: its comparison would end any of them", () =>
    expect(asked(says("held"))).toEqual([
      "down",
      "never stamped, too",
      "runs",
      "of another pool",
      "never stamped",
    ]));
  test("who is not heard says nothing", () =>
    expect(asked(hearing(peer(3, { heard: "silent" })))).toEqual(MANAGED));
});
