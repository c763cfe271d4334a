import { expect, test } from "bun:test";
import { renderStop, STOP_KEY } from "../../../../src/core/model/stop.ts";
import { keepStops } from "../../../../src/core/restart/keep-stops.ts";
import {
  ALIVE,
  database,
  haltedVm,
  healthIn,
  host,
  hostView,
  masterRound,
  memoryWith,
  ranIn,
  vm,
  WALL_MS,
} from "../fixtures.ts";

const memory = memoryWith({ health: { h2: healthIn("alive"), h3: healthIn("failed") } });
const stoppedBy = (stoppedAtMs: number) => ({ startedAtMs: null, stoppedAtMs, isForced: true });

function keep(halted: ReturnType<typeof haltedVm>[], residents: Record<string, true | undefined> = {}) {
  const on = (number: number) => {
    const hasStop = residents[`h${number}`];
    return [{ uuid: vm(`on-h${number}`), homePool: null, ...(hasStop ? { hasStop } : {}) }];
  };
  const hosts = [1, 2, 3].map((number) => hostView(host(number), { residents: on(number) }));
  const round = masterRound(memory, { database: database(hosts, { halted }), probes: { h2: ALIVE() } });
  const stops = new Map(halted.map(({ uuid }) => [uuid, stoppedBy(WALL_MS)]));
  return keepStops(memory, { ...round, view: { ...round.view, stops } });
}

test("keepStops: who stopped a VM is kept with it, once", () => {
  const stop = { who: "client-hard", atMs: WALL_MS, host: host(2) } as const;
  const web = haltedVm("web", { ranOn: host(2) });
  expect(keep([web]).actions).toEqual([{ kind: "keep-stop", vm: vm("web"), stop: { ...stop, host: null } }]);
  const kept = { ...ranIn("web"), [STOP_KEY]: renderStop(vm("web"), { ...stop, host: null }) };
  expect(keep([{ ...web, otherConfig: kept }]).actions).toEqual([]);
});

test("keepStops: the key of a VM that runs is over, on hosts that are alive", () => {
  expect(keep([], { h1: true, h3: true }).actions).toEqual([
    { kind: "keep-stop", vm: vm("on-h1"), stop: null },
  ]);
  expect(keep([], {}).actions).toEqual([]);
});

test("keepStops: twenty keys a round", () => {
  const many = Array.from({ length: 30 }, (_, index) => haltedVm(`vm${index}`));
  expect(keep(many).actions.length).toBe(20);
});
