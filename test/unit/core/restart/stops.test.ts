import { describe, expect, test } from "bun:test";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import { applianceUuid } from "../../../../src/core/model/ids.ts";
import type { DatabaseView, HaltedVm } from "../../../../src/core/model/pool-view.ts";
import { renderStop, STOP_KEY, type Stop, type StopMessages } from "../../../../src/core/model/stop.ts";
import {
  isLeftDown,
  managedDown,
  seeStops,
  stopsToRead,
  stopVerdicts,
  wishesOf,
  wishKey,
} from "../../../../src/core/restart/stops.ts";
import {
  database,
  FLAG,
  goodView,
  haltedVm,
  healthIn,
  host,
  hostView,
  incidentIn,
  masterRound,
  memoryWith,
  ranIn,
  SETTINGS,
  three,
  vm,
  WALL_MS,
} from "../fixtures.ts";

const NOW = 1_000_000;
const SILENT: StopMessages = { startedAtMs: null, stoppedAtMs: null, isForced: false };
const STOPPED: StopMessages = { ...SILENT, stoppedAtMs: WALL_MS + NOW - 1_000 };
const kept = (stop: Partial<Stop> = {}, name = "web") => ({
  ...ranIn(name),
  [STOP_KEY]: renderStop(vm(name), { who: "client-hard", atMs: STOPPED.stoppedAtMs, host: host(3), ...stop }),
});

interface Sight {
  readonly halted?: HaltedVm;
  readonly messages?: StopMessages | null;
  readonly hosts?: DatabaseView["hosts"];
  readonly memory?: Partial<Memory>;
  readonly nowMs?: number;
}

function see({
  halted = haltedVm("web"),
  messages = SILENT,
  hosts = three(),
  memory = {},
  nowMs = NOW,
}: Sight) {
  const round = masterRound(memoryWith(memory), { database: database(hosts, { halted: [halted] }), nowMs });
  const stops = new Map(messages === null ? [] : [[halted.uuid, messages] as const]);
  const seen = { ...round, view: { ...round.view, stops } };
  const after = seeStops(memoryWith(memory), seen);
  return {
    memory: after,
    verdict: stopVerdicts(after, seen).get(halted.uuid),
    seen: after.stops[halted.uuid],
  };
}

const cause = (sight: Sight) => {
  const { verdict } = see(sight);
  return verdict?.cause.kind === "stopped" ? verdict.cause.stop.who : verdict?.cause.kind;
};

describe("managedDown", () => {
  const shop = { uuid: applianceUuid("shop"), name: "shop", busy: false, haltedVms: [vm("db")] };
  const pool = database(three(), {
    appliances: [shop],
    halted: [haltedVm("web"), haltedVm("db"), haltedVm("new", { otherConfig: {} })],
  });
  const names = (over: object) => managedDown(pool, { ...SETTINGS, ...over }).map(({ name }) => name);

  test("VMs that HA looks after and that have run here", () => {
    expect(names({})).toEqual(["web", "db"]);
    expect(names({ GLOBAL_VM_HA: false })).toEqual([]);
  });

  test("with OP_MODE=1 those of appliances that are managed", () => {
    expect(names({ OP_MODE: 1 })).toEqual(["db"]);
    expect(names({ OP_MODE: 1, DISABLED_VAPPS: ["shop"] })).toEqual([]);
  });
});

describe("stopsToRead", () => {
  const read = (sinceMs: number, readAtMs: number | null) => ({
    web: { sinceMs, readAtMs, messages: SILENT, isHostLost: false, hasHostBooted: false, isCrash: false },
  });
  const isAsked = (stops: Memory["stops"], otherConfig = ranIn("web")) =>
    stopsToRead(
      memoryWith({ stops }),
      database(three(), { halted: [haltedVm("web", { otherConfig })] }),
      SETTINGS,
      NOW,
    ).length === 1;

  test.each([
    ["down since just now", isAsked({}), true],
    ["down for four seconds, its message may be late", isAsked(read(NOW - 4_000, NOW - 1_000)), true],
    ["read half a minute ago", isAsked(read(NOW - 40_000, NOW - 30_000)), false],
    ["read a minute ago", isAsked(read(NOW - 90_000, NOW - 60_000)), true],
    ["could not be read", isAsked(read(NOW - 90_000, null)), true],
    ["read a minute ago, with a key", isAsked(read(NOW - 90_000, NOW - 60_000), kept()), true],
    ["read half a minute ago, with a key", isAsked(read(NOW - 90_000, NOW - 30_000), kept()), false],
    ["with a key, and this host has not seen it down yet", isAsked({}, kept()), true],
  ])("%s: %p", (_, found, expected) => expect(found).toBe(expected));

  test("a hundred a round, and twenty with a key, those that were not read for longest first", () => {
    const halted = Array.from({ length: 150 }, (_, index) => haltedVm(`vm${index}`));
    const stops = { vm140: { ...read(0, 5).web }, vm141: { ...read(0, 1).web } };
    const some = halted.filter(({ name }) => Number(name.slice(2)) > 139);
    const few = stopsToRead(memoryWith({ stops }), database(three(), { halted: some }), SETTINGS, NOW);
    expect(few.slice(-2)).toEqual([vm("vm141"), vm("vm140")]);
    expect(stopsToRead(memoryWith(), database(three(), { halted }), SETTINGS, NOW).length).toBe(100);
    const old = { ...read(NOW - 90_000, NOW - 70_000).web };
    const known = Object.fromEntries(halted.map(({ uuid }) => [uuid, old]));
    const withKeys = halted.map((one, index) =>
      index < 50 ? { ...one, otherConfig: { ...kept({}, one.name), ...ranIn(one.name) } } : one,
    );
    const most = stopsToRead(
      memoryWith({ stops: known }),
      database(three(), { halted: withKeys.slice(0, 60) }),
      SETTINGS,
      NOW,
    );
    expect(most.length).toBe(30);
  });
});

describe("seeStops", () => {
  test("what was read stays, as long as the VM is down", () => {
    const { memory, seen } = see({ messages: STOPPED });
    expect(seen).toEqual({
      sinceMs: NOW,
      readAtMs: NOW,
      messages: STOPPED,
      isHostLost: false,
      hasHostBooted: false,
      isCrash: false,
    });
    expect(see({ memory, messages: null, nowMs: NOW + 9 }).seen).toEqual(seen);
    expect(see({ memory, halted: haltedVm("db") }).memory.stops["web"]).toBeUndefined();
  });

  test("a VM of a host that was lost stays one when that is back", () => {
    const lost = { incidents: incidentIn("declared", { vms: [vm("web")] }) };
    const halted = haltedVm("web", { ranOn: null });
    const { memory } = see({ memory: lost, halted });
    expect(cause({ memory: lost, halted })).toBe("host-lost");
    expect(cause({ memory: { ...memory, incidents: {} }, halted })).toBe("host-lost");
    expect(cause({ memory: { health: { h3: healthIn("failed") } } })).toBe("host-lost");
  });

  test("a VM that has run elsewhere since was not lost with the host that is still off", () => {
    const lost = { incidents: incidentIn("declared", { vms: [vm("web")] }) };
    expect(cause({ memory: lost, halted: haltedVm("web", { ranOn: host(3) }) })).toBe("host-lost");
    expect(cause({ memory: lost, halted: haltedVm("web", { ranOn: host(1) }) })).toBe("by-itself");
  });

  const bootOf = (bootTime: string) =>
    three().map((one) => (one.uuid === host(3) ? { ...one, bootTime } : one));
  const ran = (ranInBoot: string | null) => haltedVm("web", { ranOn: host(3), ranInBoot });
  test.each<readonly [string, Sight, string]>([
    ["its host has booted since", { halted: ran("1000."), hosts: bootOf("2000.") }, "host-lost"],
    ["as before, its clock was set a little", { halted: ran("1000."), hosts: bootOf("1003.") }, "by-itself"],
    [
      "it is not known in which boot it was there",
      { halted: ran(null), hosts: bootOf("2000.") },
      "by-itself",
    ],
  ])("whether its host has booted since it was seen there: %s", (_, sight, expected) =>
    expect(String(cause(sight))).toBe(expected),
  );

  test("a host that boots after the VM was seen down has not ended it", () => {
    const { memory } = see({ halted: ran("1000."), hosts: bootOf("1000.") });
    expect(cause({ memory, halted: ran("1000."), hosts: bootOf("2000.") })).toBe("by-itself");
  });

  test("this host has booted, and its database has shown the VM here until it was compared", () => {
    const here = haltedVm("web", { ranOn: host(1) });
    const enabledAtMs = (enabledSinceMs: number | null) => {
      const { hosts, ...view } = goodView();
      return { lastGood: { ...view, hosts: hosts.map((one) => ({ ...one, enabledSinceMs })) } };
    };
    const at = (nowMs: number, enabledSinceMs: number | null) =>
      cause({ halted: here, nowMs, memory: enabledAtMs(enabledSinceMs) });
    expect(at(120_000, null)).toBe("host-lost");
    expect(at(120_000, 90_000)).toBe("host-lost");
    expect(at(120_000, 89_000)).toBe("by-itself");
    expect(at(15 * 60_000 + 1, null)).toBe("by-itself");
  });

  test("a host that has booted with a VM on it that nobody had stopped has crashed", () => {
    const stopped = haltedVm("web", { otherConfig: kept(), ranOn: host(3), ranInBoot: "1000." });
    const other = haltedVm("db", { ranOn: host(3), ranInBoot: "1000." });
    const isCrash = (messages: StopMessages | null) => {
      const hosts = bootOf("2000.");
      const round = masterRound(memoryWith(), { database: database(hosts, { halted: [stopped, other] }) });
      const stops = new Map(messages === null ? [] : [[other.uuid, messages] as const]);
      return seeStops(memoryWith(), { ...round, view: { ...round.view, stops } }).stops["web"]?.isCrash;
    };
    expect([SILENT, STOPPED, null].map(isCrash)).toEqual([true, false, false]);
  });
});

describe("stopVerdicts", () => {
  const gone = { heardAtMs: { h3: NOW - 60_000 } };
  const crashed = { incidents: incidentIn("declared", { vms: [vm("db")] }) };
  const late = STOPPED.stoppedAtMs ?? 0;
  const booted = three().map((one) =>
    one.uuid === host(3) ? { ...one, bootTime: `${late / 1_000}.` } : one,
  );
  const busy = three().map((one) =>
    one.uuid === host(3) ? hostView(host(3), { residents: [{ uuid: vm("db"), homePool: null }] }) : one,
  );

  test.each<readonly [string, Sight, string]>([
    ["a client", { messages: STOPPED }, "client-clean"],
    ["nobody has said anything", {}, "by-itself"],
    ["its messages were not read", { messages: null }, "not-read"],
    ["a client, and its host was not heard for a minute", { messages: STOPPED, memory: gone }, "host"],
    ["a client, and its host has booted", { messages: STOPPED, hosts: booted }, "host"],
    [
      "a client, on a host whose boot its own clock tells as a later one: the VM ran there in that boot",
      {
        messages: STOPPED,
        hosts: booted,
        halted: haltedVm("web", { ranOn: host(3), ranInBoot: `${late / 1_000}.` }),
      },
      "client-clean",
    ],
    [
      "it ran there in the boot before",
      { messages: STOPPED, hosts: booted, halted: haltedVm("web", { ranOn: host(3), ranInBoot: "1000." }) },
      "host",
    ],
    [
      "a client, and its host has failed",
      { messages: STOPPED, memory: { health: { h3: healthIn("failed") } } },
      "host",
    ],
    [
      "a client, and its host has failed with another VM",
      { messages: STOPPED, memory: crashed },
      "client-clean",
    ],
    [
      "a client, and its host has failed, and another VM is there still",
      { messages: STOPPED, hosts: busy, memory: { health: { h3: healthIn("failed") } } },
      "client-clean",
    ],
    [
      "a client, by its key",
      { halted: haltedVm("web", { otherConfig: kept(), ranOn: null }) },
      "client-hard",
    ],
    [
      "the key of another VM",
      { halted: haltedVm("web", { otherConfig: { ...kept({}, "db"), ...ranIn("web") } }) },
      "by-itself",
    ],
  ])("%s", (_, sight, expected) => expect(String(cause(sight))).toBe(expected));

  test("messages that cannot be read hold a VM back for a minute", () => {
    const { memory } = see({ messages: null });
    const later = (ms: number) => see({ memory, messages: null, nowMs: NOW + ms }).verdict;
    expect(later(59_000)).toMatchObject({ cause: { kind: "not-read" }, starts: false });
    expect(later(60_000)).toMatchObject({ cause: { kind: "doubt" }, starts: true });
  });

  test("isLeftDown: only what somebody has stopped", () => {
    expect(isLeftDown(see({ messages: STOPPED }).verdict)).toBe(true);
    expect([undefined, see({ messages: null }).verdict, see({}).verdict].map(isLeftDown)).toEqual([
      false,
      false,
      false,
    ]);
  });
});

test.each([
  [{}, [false, true]],
  [{ [wishKey("RESTART_STOPPED")]: "1" }, [true, true]],
  [{ [wishKey("RESTART_ON_GUEST_SHUTDOWN")]: "false" }, [false, false]],
  [{ HA_RESTART_STOPPED: "yes", [FLAG]: "true" }, [false, true]],
])("wishesOf: the VM's own keys %p go before the parameters", (otherConfig, [stopped, guest]) => {
  expect(wishesOf({ otherConfig }, SETTINGS)).toEqual({
    RESTART_STOPPED: stopped as boolean,
    RESTART_ON_GUEST_SHUTDOWN: guest as boolean,
  });
});
