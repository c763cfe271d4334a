import { expect, test } from "bun:test";
import type { StopVerdict } from "../../../../src/core/intent/judge-stop.ts";
import { applianceUuid } from "../../../../src/core/model/ids.ts";
import { reportStops, whyApplianceIsLeft } from "../../../../src/core/restart/report-stops.ts";
import { database, haltedVm, masterRound, memoryWith, three, vm, WALL_MS } from "../fixtures.ts";

const STOP = { who: "client-clean", atMs: WALL_MS, host: null } as const;
const LEFT: StopVerdict = { cause: { kind: "stopped", stop: STOP }, starts: false, toKeep: null };
const CRASHED: StopVerdict = { cause: { kind: "by-itself" }, starts: true, toKeep: null };
const DOUBT: StopVerdict = { cause: { kind: "doubt", why: "nobody knows" }, starts: true, toKeep: null };

const told = (
  verdict: StopVerdict,
  over = {},
  inFlight: readonly string[] = [],
  starting = new Set([vm("web")]),
) => {
  const round = masterRound(memoryWith(), {
    database: database(three(), { halted: [haltedVm("web", over)] }),
  });
  return reportStops(new Map([[vm("web"), verdict]]), { ...round, inFlight: new Set(inFlight) }, starting);
};

test.each([
  ["what stays down", told(LEFT), ["vm-left-down"]],
  ["what is started in doubt", told(DOUBT), ["vm-stop-doubted"]],
  ["what would be started in doubt, and cannot be now", told(DOUBT, {}, [], new Set()), []],
  ["what has crashed", told(CRASHED), []],
  ["what RESTART_STOPPED starts", told({ ...LEFT, starts: true }), []],
  ["whose start is under way, which changes its signs", told(DOUBT, {}, ["start-vm:web"]), []],
  ["on which somebody is at work", told(LEFT, { busy: true }), []],
])("reportStops: %s", (_, reasons, kinds) => {
  expect(reasons.map(({ kind }) => String(kind))).toEqual([...kinds]);
});

test("reportStops: says who stopped it, when, and what to do", () => {
  expect(told(LEFT)).toMatchObject([
    {
      who: "shut down by a client of XAPI on 2026-11-28 at 05:00 UTC",
      remedy:
        "start it by hand, or let HA start it: xe vm-param-set uuid=web other-config:HA_RESTART_STOPPED=1",
    },
  ]);
});

test("whyApplianceIsLeft: names the VM that was stopped, where another one of it was not", () => {
  const shop = applianceUuid("shop");
  const down = { uuid: shop, name: "shop", busy: false, haltedVms: [vm("db"), vm("web")] };
  const pool = database(three(), { appliances: [down], halted: [haltedVm("db"), haltedVm("web")] });
  const why = (db: StopVerdict, web: StopVerdict) =>
    whyApplianceIsLeft(
      shop,
      new Map([
        [vm("db"), db],
        [vm("web"), web],
      ]),
      pool,
    );
  expect(why(CRASHED, LEFT)).toStartWith("web of it was shut down by a client of XAPI on 2026-11-28");
  expect(why(LEFT, LEFT)).toBeNull();
  expect(why(CRASHED, CRASHED)).toBeNull();
});
