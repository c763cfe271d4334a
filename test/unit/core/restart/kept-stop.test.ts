import { expect, test } from "bun:test";
import { STOP_KEY } from "../../../../src/core/model/stop.ts";
import { judgeKept, keptStops, staysDownBy } from "../../../../src/core/restart/kept-stop.ts";
import { haltedVm, ranIn, SETTINGS, vm } from "../fixtures.ts";

const kept = (name: string, key: string, more: Record<string, string> = {}) =>
  haltedVm(name, { otherConfig: { ...ranIn(name), [STOP_KEY]: `${name} ${key}`, ...more } });
const CLIENT = { who: "client-hard", atMs: 60_000, host: null } as const;

test("keptStops: what a client has stopped stays down, by its key, unless somebody wants it started", () => {
  const vms = [
    kept("client", "client-hard 60 -"),
    kept("host", "host 60 -"),
    kept("anyway", "client-hard 60 -", { HA_RESTART_STOPPED: "1" }),
    haltedVm("always-run", { alwaysRun: false }),
    haltedVm("by-itself"),
  ];
  const staysDown = keptStops(vms, SETTINGS);
  // Without XAPI's messages its ha_always_run is not believed: the master writes a key with its next pass.
  expect(vms.map(({ uuid }) => staysDown(uuid))).toEqual([CLIENT, null, null, null, null]);
  expect(staysDown(vm("nobody"))).toBeNull();
  const all = keptStops(vms, { ...SETTINGS, RESTART_STOPPED: true });
  expect(vms.map(({ uuid }) => all(uuid))).toEqual([null, null, null, null, null]);
});

test("judgeKept says who it was also where the VM is started; staysDownBy is of verdicts, however they were found", () => {
  expect(judgeKept(kept("host", "host 60 -"), SETTINGS)).toMatchObject({
    cause: { kind: "stopped", stop: { who: "host" } },
    starts: true,
  });
  const verdict = { cause: { kind: "stopped", stop: CLIENT }, toKeep: null } as const;
  const by = (starts: boolean) => staysDownBy(new Map([[vm("a"), { ...verdict, starts }]]))(vm("a"));
  expect([by(false), by(true)]).toEqual([CLIENT, null]);
});
