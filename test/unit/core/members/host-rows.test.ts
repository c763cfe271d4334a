import { describe, expect, test } from "bun:test";
import {
  followsAddress,
  type HostRow,
  hostName,
  hostRows,
  rowOf,
} from "../../../../src/core/members/host-rows.ts";
import type { KnownHost } from "../../../../src/core/memory/last-good.ts";
import { emptyMemory, type Memory } from "../../../../src/core/memory/memory.ts";
import type { PeerProbe } from "../../../../src/core/model/pool-view.ts";
import {
  ALIVE,
  DEAD,
  database,
  goodView,
  healthIn,
  host,
  hostView,
  knownHost,
  MASTER,
  master,
  XAPI_DOWN,
} from "../fixtures.ts";
import { incidentOn, remembered, takeOver } from "../memory/remembered.ts";

/** The view of the master h1; the database cannot be read unless a test says what it has. */
const viewOf = (probes: Record<string, PeerProbe> = {}, hosts?: Parameters<typeof database>[0]) =>
  master().input(10, {
    probes,
    ...(hosts === undefined ? {} : { database: { ok: true, value: database(hosts) } }),
  }).view;

/** The row of h2, where the last good view has it so. */
function h2(known: Partial<KnownHost> | null, over: Partial<Memory> = {}, view = viewOf()): HostRow {
  const hosts = known === null ? [knownHost(host(1))] : [knownHost(host(1)), knownHost(host(2), known)];
  return rowOf(hostRows(remembered({ lastGood: goodView({ hosts }), ...over }), view), host(2));
}

describe("hostRows: for whom there is a row", () => {
  const uuids = (memory: Memory, view = viewOf()) => [...hostRows(memory, view).keys()].sort().join(" ");
  const empty = emptyMemory("boot-1");
  const rows: readonly [string, string, string][] = [
    ["this host, always", uuids(empty), "h1"],
    ["a host of the database", uuids(empty, viewOf({}, [hostView(host(2))])), "h1 h2"],
    ["a host of the last good view", uuids(remembered()), "h1 h2 h3"],
    [
      "a member that is no host any more",
      uuids(remembered({ lastGood: goodView({ hosts: [], members: [host(9)] }) })),
      "h1 h9",
    ],
    ["a host that was probed", uuids(empty, viewOf({ h4: DEAD })), "h1 h4"],
    ["a host whose health is known", uuids({ ...empty, health: { h5: healthIn("alive") } }), "h1 h5"],
    ["a host with an incident", uuids({ ...empty, incidents: { h6: incidentOn(host(6), "open") } }), "h1 h6"],
  ];
  for (const [what, found, expected] of rows)
    test(`${what}: ${expected}`, () => expect(found).toBe(expected));
});

describe("hostRows: what is known of a host", () => {
  test("its name is that of the last good view, else its uuid", () => {
    expect(h2({ name: "xcp2" }).name).toBe("xcp2");
    expect(h2(null, {}, viewOf({}, [hostView(host(2), { name: "xcp2" })])).name).toBe("h2");
  });
  test("its address is that of the database, else the last one known, else none", () => {
    expect(h2({}, {}, viewOf({}, [hostView(host(2), { address: "10.9.9.9" })])).address).toBe("10.9.9.9");
    expect(h2({}).address).toBe("10.0.0.2");
    expect(h2(null).address).toBeNull();
  });
  test("its record is there only while the database can be read and has it", () => {
    const record = hostView(host(2));
    expect(h2({}, {}, viewOf({}, [record])).record).toEqual(record);
    expect([h2({}).record, h2({}, {}, viewOf({}, [])).record]).toEqual([null, null]);
  });
  test("it is a member when the last good view counts it", () => {
    const lastGood = goodView({ members: [host(1), host(3)] });
    expect([h2({}).isMember, h2({}, { lastGood }).isMember]).toEqual([true, false]);
  });
  test("its incident, unless it has returned", () => {
    const open = incidentOn(host(2), "open");
    expect(h2({}, { incidents: { h2: open } }).incident).toEqual(open);
    expect(h2({}, { incidents: { h2: incidentOn(host(2), "returned") } }).incident).toBeNull();
  });
});

describe("hostRows: alive and heard", () => {
  // health, probe of this round -> is it alive, is it heard
  const rows: readonly [string, Partial<Memory>, Record<string, PeerProbe>, boolean, boolean][] = [
    ["alive and probed", { health: { h2: healthIn("alive") } }, { h2: ALIVE() }, true, true],
    ["alive with XAPI down", { health: { h2: healthIn("xapi-down") } }, { h2: XAPI_DOWN }, true, true],
    ["alive, and not probed in this round", { health: { h2: healthIn("alive") } }, {}, true, false],
    ["a suspect", { health: { h2: healthIn("suspect") } }, { h2: DEAD }, false, false],
    ["failed", { health: { h2: healthIn("failed") } }, { h2: DEAD }, false, false],
    ["probed, and its health is not known yet", {}, { h2: ALIVE() }, false, false],
  ];
  for (const [what, memory, probes, isAlive, isHeard] of rows)
    test(`${what}: ${isAlive ? "alive" : "not alive"}, ${isHeard ? "heard" : "not heard"}`, () =>
      expect(h2({}, memory, viewOf(probes))).toMatchObject({ isAlive, isHeard }));

  test("this host hears itself, though nobody probes it", () =>
    expect(rowOf(hostRows(remembered(), viewOf()), host(1))).toMatchObject({
      isSelf: true,
      isHeard: true,
      probe: null,
      health: null,
    }));
});

describe("hostRows: does it follow this host", () => {
  const follows = (probe: PeerProbe, memory: Memory = remembered(), hosts?: Parameters<typeof database>[0]) =>
    rowOf(hostRows(memory, viewOf({ h2: probe }, hosts)), host(2)).followsThisHost;

  test("it has said so in this round", () => expect(follows(ALIVE())).toBe(true));
  test("it has said another master, or that it is one", () =>
    expect([follows(ALIVE(host(3))), follows(MASTER)]).toEqual([false, false]));
  test("silence is no", () => expect([follows(DEAD), h2({}).followsThisHost]).toEqual([false, false]));
  test("this host's address is that of the database before the last one known", () =>
    expect(follows(ALIVE(), remembered(), [hostView(host(1), { address: "10.9.9.9" })])).toBe(false));
  test("nobody follows a host that does not know its own address", () =>
    expect(follows(ALIVE(), emptyMemory("boot-1"))).toBe(false));
});

describe("hostRows: maintenance, and who may be fenced", () => {
  const OFF = { enabled: false };
  const BY_START = { enabled: false, disabledByStart: true };
  const rows: readonly [string, HostRow, boolean, boolean][] = [
    ["enabled", h2({}), false, true],
    ["disabled by somebody, and still a member", h2(OFF), true, false],
    ["disabled by a start, a member", h2(BY_START), false, true],
    ["disabled, a member, during a take-over", h2(OFF, { promotion: takeOver() }), true, true],
    [
      "disabled by our declaration: it was off, and may be on again",
      h2(OFF, { incidents: { h2: incidentOn(host(2), "open", { offSinceMs: 5 }) } }),
      true,
      true,
    ],
    [
      "disabled by somebody, and failed, but never off",
      h2(OFF, { incidents: { h2: incidentOn(host(2), "open") } }),
      true,
      false,
    ],
    [
      "disabled by somebody after it has returned",
      h2(OFF, { incidents: { h2: incidentOn(host(2), "returned", { offSinceMs: 5 }) } }),
      true,
      false,
    ],
    ["known to nobody", h2(null), false, false],
    ["known to nobody, during a take-over", h2(null, { promotion: takeOver() }), false, false],
  ];
  for (const [what, row, isInMaintenance, isFenceable] of rows)
    test(`${what}: ${isInMaintenance ? "in" : "no"} maintenance, ${isFenceable ? "" : "not "}fenceable`, () =>
      expect(row).toMatchObject({ isInMaintenance, isFenceable }));

  test("who is disabled and no member is not fenceable, by whatever it was disabled, unless it was off", () => {
    const noMember = (known: Partial<KnownHost>, over: Partial<Memory> = {}) => {
      const lastGood = goodView({ hosts: [knownHost(host(2), known)], members: [] });
      return rowOf(hostRows(remembered({ lastGood, ...over }), viewOf()), host(2)).isFenceable;
    };
    expect([noMember(OFF), noMember(BY_START), noMember(OFF, { promotion: takeOver() })]).toEqual([
      false,
      false,
      false,
    ]);
    expect(noMember({})).toBe(true);
    // Proved off it is no member any more, and it may be on again.
    const wasOff = { incidents: { h2: incidentOn(host(2), "open", { offSinceMs: 5 }) } };
    expect(noMember(OFF, wasOff)).toBe(true);
  });
});

test("rowOf: of a host that nobody knows, nothing is known, and it may not be fenced", () =>
  expect(rowOf(new Map(), host(9))).toEqual({
    uuid: host(9),
    name: "h9",
    address: null,
    isSelf: false,
    record: null,
    known: null,
    isMember: false,
    health: null,
    isAlive: false,
    isHeard: false,
    heard: "unknown",
    probe: null,
    followsThisHost: false,
    isInMaintenance: false,
    isFenceable: false,
    isDisarmed: false,
    incident: null,
  }));

test("followsAddress: only who has named this very address", () => {
  expect(followsAddress(ALIVE(), "10.0.0.1")).toBe(true);
  const no = [
    followsAddress(ALIVE(), "10.0.0.11"),
    followsAddress(ALIVE(), null),
    followsAddress(null, "10.0.0.1"),
  ];
  expect(no).toEqual([false, false, false]);
  expect([followsAddress(MASTER, "10.0.0.1"), followsAddress(null, null)]).toEqual([false, false]);
});

test("hostName: the name of the last good view, else the uuid", () => {
  const memory = remembered({ lastGood: goodView({ hosts: [knownHost(host(2), { name: "xcp2" })] }) });
  expect([hostName(memory, host(2)), hostName(memory, host(3)), hostName(emptyMemory("b"), host(2))]).toEqual(
    ["xcp2", "h3", "h2"],
  );
});
